import Domain
import Logging
import SQLiteStore
import Testing

@testable import Rialto

/// A house after its first start, for a doctor to look at.
final class Patient: Sendable {
    let folder: Folder
    let data: DataDirectory
    let store: any Store

    init() async throws {
        folder = try Folder()
        data = DataDirectory(path: folder.path)
        let site = try Site.find(data: data.path, config: nil, environment: [:])
        let house = try await House.found(site, logger: Logs.logger(.init(level: .critical)))
        _ = try await house.firstStart.prepare()
        store = house.store
    }

    var doctor: Doctor { Doctor(data: data.path, config: nil, environment: [:]) }

    func house() async throws -> House {
        let site = try Site.find(data: data.path, config: nil, environment: [:])
        return try await House.open(site, logger: Logs.logger(.init(level: .critical)))
    }

    func findings() async throws -> [Finding] {
        await doctor.examine()
    }

    func finding(_ name: String) async throws -> Finding {
        try #require(await doctor.examine().first { $0.name == name })
    }
}
