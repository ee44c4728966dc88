import Testing

/// What may import what: the table of docs/ARCHITECTURE.md.
@Suite struct WallTests {
    /// Beside Foundation and Synchronization, which every target may import.
    private static let walls: [String: Set<String>] = [
        "Wire": ["NIOCore"],
        "Ledger": [],
        "Domain": ["Ledger", "Logging", "Crypto", "CryptoExtras"],
        "CPostgres": [],
        "PostgresStore": ["CPostgres", "Domain", "Ledger"],
        "SQLiteStore": ["Domain", "Ledger", "GRDB", "GRDBSQLite", "Logging"],
        "Upstreams": [
            "Domain", "Wire", "Logging", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL", "NIOTLS",
        ],
        "Documents": ["Domain", "Yams"],
        "Provisioners": ["Domain", "Ledger", "Wire"],
        "Outbound": ["Domain", "Wire", "AsyncHTTPClient", "Crypto", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL"],
        "Surfaces": [
            "Domain", "Ledger", "Wire", "Hummingbird", "HummingbirdCore", "HTTPTypes", "JWTKit", "Logging", "Metrics",
            "CoreMetrics", "NIOCore", "NIOHTTP1", "NIOHTTPTypes", "NIOHTTPTypesHTTP1",
        ],
        "TestKit": ["Domain", "Ledger", "SQLiteStore", "Logging"],
    ]
    private static let everywhere: Set<String> = ["Foundation", "Synchronization"]

    @Test func everyTargetImportsOnlyWhatItMay() {
        for file in Repository.files(below: "Sources") where file.isSwift {
            guard let target = file.target, target != "Rialto" else { continue }
            let allowed = (Self.walls[target] ?? []).union(Self.everywhere)
            let imports = file.lines.compactMap(Self.module)
            let strange = imports.filter { !allowed.contains($0) }
            #expect(strange == [], "\(file.path)")
        }
    }

    /// `package import struct Foundation.Data` imports Foundation.
    private static func module(of line: Substring) -> String? {
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(of: "import"), words[..<place].allSatisfy(prefixes.contains)
        else { return nil }
        let rest = words[words.index(after: place)...].drop { kinds.contains($0) }
        return rest.first?.split(separator: ".").first.map(String.init)
    }

    private static let prefixes: Set<Substring> = [
        "@testable", "@preconcurrency", "@_exported", "package", "public", "internal", "private", "fileprivate",
    ]
    private static let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "typealias"]

    @Test func everyTargetHasItsWalls() {
        let targets = Set(Repository.files(below: "Sources").compactMap(\.target))
        #expect(targets == Set(Self.walls.keys).union(["Rialto"]))
    }

    @Test func noDialectNamesAnother() {
        for dialect in Dialects.names {
            for file in Repository.files(below: "Sources/Surfaces/\(dialect)") {
                let named = Dialects.names.filter { $0 != dialect && file.text.contains($0) }
                #expect(named == [], "\(file.path)")
            }
        }
    }

    @Test func theEntranceNamesNoDialect() {
        for file in Repository.files(below: "Sources/Surfaces/Entrance") {
            let named = Dialects.names.filter { file.text.contains($0) }
            #expect(named == [], "\(file.path)")
        }
    }
}

/// The dialects that are there: the folders of Surfaces beside what several of them share.
enum Dialects {
    private static let shared: Set<Substring> = ["Entrance", "Shopfront"]

    static var names: [String] {
        Repository.folders(below: "Sources/Surfaces").compactMap { folder in
            let parts = folder.split(separator: "/")
            return parts.count == 3 && !shared.contains(parts[2]) ? String(parts[2]) : nil
        }
    }

    /// `AgenticStar` is `agentic-star` in docs and transcripts; StackSpot writes itself in one word.
    static func page(of name: String) -> String {
        if name == "StackSpot" { return "stackspot" }
        return name.reduce(into: "") { page, letter in
            if letter.isUppercase, page.last?.isLowercase == true { page += "-" }
            page += letter.lowercased()
        }
    }
}
