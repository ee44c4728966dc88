// swift-tools-version: 6.2
import PackageDescription

// The walls of docs/ARCHITECTURE.md: what a target does not name here, it cannot import.
let house: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let package = Package(
    name: "rialto",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "rialto", targets: ["Rialto"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-extras.git", from: "1.35.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.0"),
    ],
    targets: [
        .target(
            name: "Wire",
            dependencies: [.product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: house),
        .target(name: "Ledger", swiftSettings: house),
        .target(
            name: "Domain",
            dependencies: [
                "Ledger",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: house),
        .target(
            name: "SQLiteStore",
            dependencies: ["Domain", "Ledger", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: house),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"]), .brew(["libpq"])]),
        .target(name: "PostgresStore", dependencies: ["CPostgres", "Domain", "Ledger"], swiftSettings: house),
        .target(
            name: "Upstreams",
            dependencies: [
                "Domain", "Wire",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ],
            resources: [.embedInCode("Guide/Handbook")],
            swiftSettings: house),
        .target(
            name: "Documents", dependencies: ["Domain", .product(name: "Yams", package: "Yams")], swiftSettings: house),
        .target(
            name: "Outbound",
            dependencies: [
                "Domain", "Wire",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: house),
        .target(name: "Provisioners", dependencies: ["Domain", "Ledger", "Wire"], swiftSettings: house),
        .executableTarget(
            name: "GuideBench", dependencies: ["Upstreams"], path: "Benchmarks/GuideBench", swiftSettings: house),
        .executableTarget(
            name: "KnowledgeBench",
            dependencies: [
                "Domain", "PostgresStore", "SQLiteStore", "Upstreams",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Benchmarks/KnowledgeBench", swiftSettings: house),
        .target(
            name: "Surfaces",
            dependencies: [
                "Domain", "Ledger", "Wire",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "JWTKit", package: "jwt-kit"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras"),
            ],
            swiftSettings: house),
        .executableTarget(
            name: "Rialto",
            dependencies: [
                "Documents", "Domain", "Ledger", "Outbound", "PostgresStore", "Provisioners", "SQLiteStore", "Surfaces",
                "Upstreams", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: house),
        .target(
            name: "TestKit",
            dependencies: ["Domain", "Ledger", "SQLiteStore", .product(name: "Logging", package: "swift-log")],
            swiftSettings: house),
        .testTarget(name: "LedgerTests", dependencies: ["Ledger", "TestKit"], swiftSettings: house),
        .testTarget(
            name: "WireTests",
            dependencies: ["Wire", .product(name: "NIOCore", package: "swift-nio")],
            resources: [.copy("Fixtures"), .copy("Vectors")],
            swiftSettings: house),
        .testTarget(name: "DomainTests", dependencies: ["Domain", "Ledger", "TestKit"], swiftSettings: house),
        .testTarget(
            name: "StoreTests",
            dependencies: [
                "Domain", "Ledger", "PostgresStore", "SQLiteStore", "TestKit",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: house),
        .testTarget(
            name: "SurfaceTests",
            dependencies: [
                "Domain", "Ledger", "Surfaces", "TestKit", "Wire",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            swiftSettings: house),
        .testTarget(
            name: "ProvisionerTests",
            dependencies: ["Domain", "Ledger", "Provisioners", "SQLiteStore", "TestKit"], swiftSettings: house),
        .testTarget(
            name: "ShopTests",
            dependencies: ["Domain", "Ledger", "PostgresStore", "Provisioners", "SQLiteStore", "TestKit"],
            swiftSettings: house),
        .testTarget(name: "DocumentsTests", dependencies: ["Documents", "Domain"], swiftSettings: house),
        .testTarget(
            name: "OutboundTests",
            dependencies: [
                "Domain", "Outbound",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "NIOTLS", package: "swift-nio"),
            ],
            resources: [.copy("Vectors")],
            swiftSettings: house),
        .testTarget(
            name: "UpstreamTests",
            dependencies: [
                "Domain", "Upstreams", "Wire",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: house),
        .testTarget(
            name: "RialtoTests",
            dependencies: [
                "Domain", "Ledger", "Rialto", "SQLiteStore", "TestKit", "Upstreams", "Wire",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: house),
    ]
)
