import Domain
import Foundation
import Logging
import SQLiteStore
import Testing
import Wire

@testable import Rialto

/// Where a backup may be made, and what is there afterwards.
@Suite struct BackupTests {
    private let folder: Folder
    private let data: DataDirectory
    private let copy: String

    init() async throws {
        folder = try Folder()
        data = DataDirectory(path: folder.path + "/data")
        copy = folder.path + "/copy.sqlite"
        let site = Site(data: data, settings: Settings(), environment: [:], config: nil)
        let house = try await House.found(site, logger: Logs.logger(.init(level: .critical)))
        _ = try await house.firstStart.prepare()
    }

    private func names() throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder.path))
    }

    @Test func aCopyIsThereForItsOwnerAloneAndNothingElseIs() throws {
        let made = try Backup(of: data, into: copy, overwrites: false).make()
        let facts = try FileManager.default.attributesOfItem(atPath: copy)
        #expect(facts[.posixPermissions] as? Int == 0o600 && facts[.size] as? Int64 == made.bytes)
        #expect(made == .init(path: copy, bytes: made.bytes, content: .init(runs: 0, conversations: 0)))
        #expect(try names() == ["data", "copy.sqlite"])
        #expect(try SQLiteStore.examine(copy) == made.content)
    }

    @Test func aFileThatIsThereIsOverwrittenOnlyOnDemand() throws {
        try folder.write("copy.sqlite", "older")
        let refusal = #expect(throws: Refusal.self) { try Backup(of: data, into: copy, overwrites: false).make() }
        #expect(refusal?.reason == .conflict && refusal?.message.contains("--force") == true)
        #expect(try String(contentsOfFile: copy, encoding: .utf8) == "older")
        _ = try Backup(of: data, into: copy, overwrites: true).make()
        #expect(try SQLiteStore.examine(copy).runs == 0)
        #expect(try names() == ["data", "copy.sqlite"])
    }

    @Test func theRunningDataIsNeverOverwrittenWhateverItIsCalled() throws {
        let files = FileManager.default
        try files.createSymbolicLink(atPath: folder.path + "/link", withDestinationPath: data.storePath)
        try files.linkItem(atPath: data.storePath, toPath: folder.path + "/name")
        try files.createSymbolicLink(atPath: folder.path + "/elsewhere", withDestinationPath: data.path)
        let places = [
            data.storePath, data.storePath + "-wal", data.storePath + "-shm", data.masterKeyPath, data.lockPath,
            data.path + "/../data/rialto.sqlite", folder.path + "/link", folder.path + "/name",
            folder.path + "/elsewhere/rialto.sqlite-wal",
        ]
        let key = try String(contentsOfFile: data.masterKeyPath, encoding: .utf8)
        for place in places {
            let refusal = #expect(throws: Refusal.self) { try Backup(of: data, into: place, overwrites: true).make() }
            #expect(refusal?.message.contains("running data") == true, "\(place)")
        }
        #expect(try String(contentsOfFile: data.masterKeyPath, encoding: .utf8) == key)
        _ = try Backup(of: data, into: data.path + "/copy.sqlite", overwrites: false).make()
    }

    @Test func aDirectoryIsNoFileAndAMissingOneIsNotMade() throws {
        let itself = #expect(throws: Refusal.self) { try Backup(of: data, into: folder.path, overwrites: true).make() }
        #expect(itself?.message.contains("is a directory") == true)
        let missing = #expect(throws: Refusal.self) {
            try Backup(of: data, into: folder.path + "/no/copy", overwrites: true).make()
        }
        #expect(missing?.message.contains("There is no directory") == true)
        #expect(throws: Refusal.self) { try Backup(of: data, into: "/dev/null", overwrites: true).make() }
    }

    @Test func whatAKilledBackupHasLeftIsTakenOver() throws {
        try folder.write("copy.sqlite.partial", String(repeating: "half a copy", count: 1000))
        try folder.write("copy.sqlite.partial-journal", "a journal that must not be played back")
        _ = try Backup(of: data, into: copy, overwrites: false).make()
        #expect(try SQLiteStore.examine(copy).runs == 0)
        #expect(try names() == ["data", "copy.sqlite"])
    }

    @Test func ofTwoBackupsIntoOneFileTheSecondIsRefused() throws {
        let partial = copy + ".partial"
        let file = open(partial, O_RDWR | O_CREAT, 0o600)
        #expect(flock(file, LOCK_EX) == 0)
        let refusal = #expect(throws: Refusal.self) { try Backup(of: data, into: copy, overwrites: false).make() }
        #expect(refusal?.message.contains("another backup") == true)
        close(file)
        _ = try Backup(of: data, into: copy, overwrites: false).make()
    }

    @Test func aCopyThatFailsLeavesNothing() throws {
        try FileManager.default.removeItem(atPath: data.storePath + "-wal")
        try Data(repeating: 65, count: 8192).write(to: URL(filePath: data.storePath))
        #expect(throws: Refusal.self) { try Backup(of: data, into: copy, overwrites: false).make() }
        #expect(try names() == ["data"])
    }

    @Test func theReportSaysWhereTheKeyIsThatIsNotInIt() throws {
        let made = Backup.Made(path: "/b", bytes: 7, content: .init(runs: 2, conversations: 1))
        let report = BackupCommand.report(made, keyIn: "/data/master.key")
        let words = #"{"file":"/b","bytes":7,"runs":2,"conversations":1,"master_key":"/data/master.key"}"#
        #expect(report.json.render() == words)
        #expect(report.text.contains("does not hold the master key") && report.text.contains("/data/master.key too"))
    }
}
