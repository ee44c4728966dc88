import Domain
import Foundation
import Logging
import TestKit
import Testing

@testable import Rialto

/// The data directory: its lock, its master key, and where it is.
@Suite struct DataTests {
    private let folder: Folder
    private let data: DataDirectory

    init() throws {
        folder = try Folder()
        data = DataDirectory(path: folder.path)
    }

    private func mode(of path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    // The lock

    @Test func theSecondServerOfADataDirectoryIsRefusedByTheFirstOnesNumber() throws {
        let lock = try DataLock.take(data)
        #expect(
            throws: Refusal(
                .conflict, "Another rialto serves this data (process \(getpid())): \(data.path) is in use.")
        ) { try DataLock.take(data) }
        withExtendedLifetime(lock) {}
    }

    @Test func aLockIsGoneWithItsHolder() throws {
        #expect(DataLock.holder(of: data) == nil)
        do {
            let lock = try DataLock.take(data)
            lock.tell(publicURL: "https://rialto.example", localURL: "http://127.0.0.1:1")
            let holder = DataLock.Holder(
                process: getpid(), publicURL: "https://rialto.example", localURL: "http://127.0.0.1:1")
            #expect(DataLock.holder(of: data) == holder)
            withExtendedLifetime(lock) {}
        }
        #expect(DataLock.holder(of: data) == nil)
        _ = try DataLock.take(data)
    }

    @Test func lookingWhoHoldsALockDoesNotTakeIt() async throws {
        let data = data
        let looking = Task { while !Task.isCancelled { _ = DataLock.holder(of: data) } }
        for _ in 0..<20 { _ = try DataLock.take(data) }
        looking.cancel()
    }

    // The master key

    @Test func theMasterKeyIsMadeOnceAndOnlyForItsOwner() throws {
        let file = MasterKeyFile(path: data.masterKeyPath, environment: [:])
        try file.make(.real)
        let first = try String(contentsOfFile: data.masterKeyPath, encoding: .utf8)
        try file.make(.real)
        #expect(try String(contentsOfFile: data.masterKeyPath, encoding: .utf8) == first)
        #expect(try mode(of: data.masterKeyPath) == 0o600)
        let sealed = try file.read().seal("three thousand ducats")
        #expect(try file.read().open(sealed) == "three thousand ducats")
        let words = first.trimmingCharacters(in: .newlines)
        let given = MasterKeyFile(path: "/nowhere", environment: [MasterKeyFile.variable: words])
        #expect(try given.read().open(sealed) == "three thousand ducats", "the variable holds what the file holds")
    }

    @Test func aMasterKeyThatOthersCanReadIsRefusedWithItsMend() throws {
        let file = MasterKeyFile(path: data.masterKeyPath, environment: [:])
        try file.make(.real)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: data.masterKeyPath)
        let refusal = #expect(throws: Refusal.self) { try file.read() }
        #expect(refusal?.message.contains("chmod 0600 \(data.masterKeyPath)") == true)
        #expect(refusal?.message.contains("644") == true)
    }

    @Test(arguments: ["", "short", "bm90IDMyIGJ5dGVz"])
    func aMasterKeyThatIsNoneIsRefused(words: String) throws {
        try folder.write("master.key", words)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: data.masterKeyPath)
        #expect(throws: Refusal.self) { try MasterKeyFile(path: data.masterKeyPath, environment: [:]).read() }
    }

    @Test func aMasterKeyThatIsMissingFromAUsedStoreIsNotMadeAnew() async throws {
        let site = Site(data: data, settings: Settings(), environment: [:], config: nil)
        _ = try await House.found(site, logger: Logs.logger(.init(level: .critical)))
        try FileManager.default.removeItem(atPath: data.masterKeyPath)
        await #expect(throws: Refusal.self) {
            try await House.found(site, logger: Logs.logger(.init(level: .critical)))
        }
        #expect(!FileManager.default.fileExists(atPath: data.masterKeyPath))
    }

    // The directory

    @Test func theDirectoryIsNamedOrOfTheEnvironmentOrAtHome() throws {
        let environment = ["RIALTO_DATA": "/srv/rialto", "HOME": "/home/portia"]
        #expect(try DataDirectory.located("/data/", environment).path == "/data")
        #expect(try DataDirectory.located(nil, environment).path == "/srv/rialto")
        #expect(try DataDirectory.located(nil, ["HOME": "/home/portia"]).path == "/home/portia/.rialto")
        #expect(throws: Refusal.self) { try DataDirectory.located(nil, [:]) }
    }

    @Test func theFirstServerMakesTheDirectoryForItsOwner() throws {
        let inner = DataDirectory(path: folder.path + "/deep/data")
        try inner.make()
        #expect(try mode(of: inner.path) == 0o700)
    }

    @Test func commandsMakeNothingWhereNothingIs() async throws {
        let nowhere = DataDirectory(path: folder.path + "/nowhere")
        let site = Site(data: nowhere, settings: Settings(), environment: [:], config: nil)
        let refusal = await #expect(throws: Refusal.self) {
            try await House.open(site, logger: Logs.logger(.init(level: .critical)))
        }
        #expect(refusal?.message.contains("rialto serve") == true && !nowhere.exists)
    }

    @Test func aPortInUseIsNamedAndAFreeOneIsFound() async throws {
        var listen = Settings.Listen(port: 0)
        listen.port = try await ListeningPort.probe(listen)
        #expect(listen.port > 0)
        let taken = try await CannedServer(answers: [:])
        listen.port = taken.port
        let refusal = await #expect(throws: Refusal.self) { try await ListeningPort.probe(listen) }
        #expect(refusal?.message.contains("\(taken.port)") == true && refusal?.reason == .conflict)
        await taken.close()
        listen = Settings.Listen(host: "203.0.113.1", port: 0)
        await #expect(throws: Refusal.self) { try await ListeningPort.probe(listen) }
    }
}
