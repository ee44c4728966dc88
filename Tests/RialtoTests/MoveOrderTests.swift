import Domain
import Foundation
import Logging
import Testing
import Wire

@testable import Rialto

/// From where to where data is moved, and the key that goes with it.
@Suite struct MoveOrderTests {
    private let folder: Folder
    private let data: DataDirectory
    private let nowhere = "postgres://nobody@127.0.0.1:1/none"

    init() throws {
        folder = try Folder()
        data = DataDirectory(path: folder.path)
    }

    private func serveOnce() async throws {
        let site = Site(data: data, settings: Settings(), environment: [:], config: nil)
        let house = try await House.found(site, logger: Logs.logger(.init(level: .critical)))
        _ = try await house.firstStart.prepare()
        try house.store.close()
    }

    /// Why it is not even begun.
    private func refusal(_ environment: [String: String] = [:]) async throws -> Refusal? {
        let order = try MoveOrder(from: "sqlite:\(data.path)", to: nowhere, environment: environment)
        return await #expect(throws: Refusal.self) {
            try await order.carryOut(isAnew: false, Logs.logger(.init(level: .critical))) { _ in }
        }
    }

    @Test func theSourceIsTheDirectoryOrTheFileInIt() throws {
        for path in ["/srv/data", "/srv/data/", "/srv/data/rialto.sqlite", "///srv/data"] {
            let order = try MoveOrder(from: "sqlite:\(path)", to: nowhere, environment: [:])
            #expect(order.data.path == "/srv/data", "\(path)")
        }
    }

    @Test(arguments: [
        ("/srv/data", "postgres://x/y", "from"), ("sqlite:", "postgres://x/y", "from"),
        ("postgres://x/y", "postgres://x/z", "from"), ("sqlite:/srv/data", "", "to"),
        ("sqlite:/srv/data", "sqlite:/srv/other", "to"), ("sqlite:/srv/data", "postgresx", "store"),
    ])
    func whatIsNoPlaceIsRefused(from: String, to: String, field: String) {
        let refusal = #expect(throws: Refusal.self) { try MoveOrder(from: from, to: to, environment: [:]) }
        #expect(refusal?.reason == .invalid && refusal?.field == field)
    }

    @Test func aPasswordIsNotShownAgain() throws {
        let order = try MoveOrder(from: "sqlite:/srv", to: "postgres://ana:secret@db/rialto", environment: [:])
        let report = MigrateCommand.report([.init(table: "runs", rows: 3, sum: [0, 255])], order)
        #expect(!report.text.contains("secret") && !report.json.render().contains("secret"))
        #expect(report.text.contains("runs   3     00ff"))
        #expect(report.json.render().contains(#""master_key":"the database""#))
    }

    @Test func nothingIsMovedFromWhereNothingIs() async throws {
        #expect(try await refusal()?.reason == .notFound)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test func nothingIsMovedUnderAServer() async throws {
        try await serveOnce()
        let lock = try DataLock.take(data)
        let refusal = try await refusal()
        #expect(refusal?.reason == .conflict && refusal?.message.contains("\(getpid())") == true)
        withExtendedLifetime(lock) {}
    }

    @Test func theMasterKeyMustBeTheOneOfTheData() async throws {
        try await serveOnce()
        let other = Data(repeating: 1, count: 32).base64EncodedString()
        let wrong = try await refusal([MasterKeyFile.variable: other])
        #expect(wrong?.reason == .conflict && wrong?.message.hasPrefix(MasterKeyFile.variable) == true)
        let own = try String(contentsOfFile: data.masterKeyPath, encoding: .utf8)
        #expect(try await refusal([MasterKeyFile.variable: own])?.reason == .unavailable, "there is no database")
        try (other + "\n").write(toFile: data.masterKeyPath, atomically: false, encoding: .utf8)
        let swapped = try await refusal()
        #expect(swapped?.reason == .conflict && swapped?.message.contains(data.masterKeyPath) == true)
        try FileManager.default.removeItem(atPath: data.masterKeyPath)
        #expect(try await refusal()?.message.contains("is missing") == true)
        #expect(try await refusal([MasterKeyFile.variable: own])?.reason == .unavailable)
    }

    @Test func theReportSaysWhereServersFindTheKey() throws {
        let environment = [MasterKeyFile.variable: Data(repeating: 1, count: 32).base64EncodedString()]
        let order = try MoveOrder(from: "sqlite:/srv", to: nowhere, environment: environment)
        #expect(MigrateCommand.report([], order).text.contains("The master key is in RIALTO_MASTER_KEY."))
    }
}
