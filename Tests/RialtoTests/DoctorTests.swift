import Domain
import Foundation
import SQLiteStore
import Testing
import Upstreams

@testable import Rialto

/// Each fault of the ground that the doctor names, caused.
@Suite struct DoctorTests {
    private let patient: Patient

    init() async throws {
        patient = try await Patient()
    }

    @Test func theGroundOfAFreshHouseIsSound() async throws {
        let findings = try await patient.findings()
        #expect(
            findings.map(\.name) == [
                "config", "data directory", "master key", "store", "agents", "signing keys", "server",
            ])
        #expect(findings.filter(\.isWrong).map(\.name) == ["server"], "nobody serves it")
        #expect(findings.last?.mend == "Start one: rialto serve")
    }

    @Test func aWrongConfigIsNamedAndTheRestIsStillLookedAt() async throws {
        try patient.folder.write("rialto.yaml", "limits: {body_byte: 1}")
        let finding = try await patient.finding("config")
        #expect(finding.isWrong && finding.detail.contains("limits.body_bytes"))
        #expect(try await patient.finding("store").state == .ok)
    }

    @Test func aMissingDirectoryIsNamed() async throws {
        let doctor = Doctor(data: patient.folder.path + "/nowhere", config: nil, environment: [:])
        let findings = await doctor.examine()
        #expect(findings.map(\.name) == ["config", "data directory"])
        #expect(findings[1].isWrong && findings[1].mend?.contains("rialto serve") == true)
    }

    @Test func aDiskThatIsAlmostFullIsNamed() async throws {
        var doctor = patient.doctor
        doctor.leastFreeBytes = .max
        let finding = try #require(await doctor.examine().first { $0.name == "data directory" })
        #expect(finding.isWrong && finding.detail.contains("MiB"))
    }

    @Test func aMasterKeyThatOthersCanReadIsNamed() async throws {
        let path = patient.data.masterKeyPath
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: path)
        let finding = try await patient.finding("master key")
        #expect(finding.isWrong && finding.mend == "chmod 0600 \(path)")
    }

    @Test func aMasterKeyThatIsGoneIsNamed() async throws {
        try FileManager.default.removeItem(atPath: patient.data.masterKeyPath)
        let finding = try await patient.finding("master key")
        #expect(finding.isWrong && finding.mend?.contains("Put back") == true)
    }

    @Test func aMasterKeyOfAnotherStoreIsNamed() async throws {
        let other = Data(repeating: 7, count: 32).base64EncodedString()
        var doctor = patient.doctor
        doctor = Doctor(data: doctor.data, config: nil, environment: [MasterKeyFile.variable: other])
        let finding = try #require(await doctor.examine().first { $0.name == "signing keys" })
        #expect(finding.isWrong && finding.mend?.contains("master key") == true)
    }

    @Test func aStoreThatIsGoneIsNamed() async throws {
        for name in ["rialto.sqlite", "rialto.sqlite-wal", "rialto.sqlite-shm"] {
            try? FileManager.default.removeItem(atPath: patient.data.path + "/" + name)
        }
        let finding = try await patient.finding("store")
        #expect(finding.isWrong && finding.detail.contains("rialto.sqlite"))
    }

    @Test func aStoreThatIsNoDatabaseIsNamed() async throws {
        for name in ["rialto.sqlite-wal", "rialto.sqlite-shm"] {
            try? FileManager.default.removeItem(atPath: patient.data.path + "/" + name)
        }
        try patient.folder.write("rialto.sqlite", String(repeating: "All that glisters is not gold. ", count: 400))
        let finding = try await patient.finding("store")
        #expect(finding.isWrong && finding.mend == Doctor.restore)
    }

    @Test func aStoreWithoutACurrentKeyIsNamed() async throws {
        try await patient.store.write { rows in
            try rows.retireSigningKeys(at: Timestamp(milliseconds: 1))
            try rows.raiseRevision()
        }
        let finding = try await patient.finding("signing keys")
        #expect(finding.isWrong && finding.mend?.contains("signing-key rotate") == true)
    }

    @Test func aHouseWithoutAgentsIsNamed() async throws {
        try await patient.house().agents.remove(code: Agent.guideCode)
        let finding = try await patient.finding("agents")
        #expect(finding.isWrong && finding.mend?.contains("rialto agent add") == true)
    }

    @Test func anAgentWithoutItsUpstreamIsNamed() async throws {
        try patient.folder.write("rialto.yaml", "upstreams: {rome: {kind: openai, url: 'http://127.0.0.1:1/v1'}}")
        var changes = Agents.Changes()
        (changes.upstream, changes.model) = ("rome", "m")
        _ = try await patient.house().agents.add(code: "lorenzo", account: Account.mainName, changes)
        try patient.folder.write("rialto.yaml", "")
        let finding = try await patient.finding("agents")
        #expect(finding.isWrong && finding.detail.contains("lorenzo") && finding.detail.contains("rome"))
    }

    @Test func anUpstreamThatIsDownIsNamed() async throws {
        try patient.folder.write("rialto.yaml", "upstreams: {rome: {kind: openai, url: 'http://127.0.0.1:1/v1'}}")
        let finding = try await patient.finding("upstream rome")
        #expect(finding.isWrong && finding.detail.contains("rome") && finding.mend != nil)
    }

    @Test func anUpstreamThatRefusesItsKeyIsNamed() async throws {
        let upstream = try await CannedServer(answers: ["/v1/models": .init(status: 401, body: "{}")])
        let yaml = "upstreams: {rome: {kind: openai, url: '\(upstream.url)/v1', key_env: ROME_KEY}}"
        try patient.folder.write("rialto.yaml", yaml)
        let doctor = Doctor(data: patient.data.path, config: nil, environment: ["ROME_KEY": "ducat"])
        let finding = try #require(await doctor.examine().first { $0.name == "upstream rome" })
        #expect(finding.isWrong && finding.mend?.contains("ROME_KEY") == true && !finding.detail.contains("ducat"))
        await upstream.close()
    }

    @Test func aKeyThatTheServerWasStartedWithoutIsNamed() async throws {
        let upstream = try await CannedServer(answers: ["/v1/models": .init(body: #"{"data":[]}"#)])
        let yaml = "upstreams: {rome: {kind: openai, url: '\(upstream.url)/v1', key_env: RIALTO_TEST_ROME_KEY}}"
        try patient.folder.write("rialto.yaml", yaml)
        let lock = try DataLock.take(patient.data)
        for environment in [[:], ["RIALTO_TEST_ROME_KEY": "ducat"]] {
            let doctor = Doctor(data: patient.data.path, config: nil, environment: environment)
            let finding = try #require(await doctor.examine().first { $0.name == "upstream rome" })
            #expect(finding.isWrong && finding.mend?.contains("RIALTO_TEST_ROME_KEY") == true)
        }
        withExtendedLifetime(lock) {}
        await upstream.close()
    }

    @Test func aKeyThatIsNotInThisEnvironmentIsANote() async throws {
        let yaml = "upstreams: {rome: {kind: openai, url: 'http://127.0.0.1:1/v1', key_env: ROME_KEY}}"
        try patient.folder.write("rialto.yaml", yaml)
        let finding = try await patient.finding("upstream rome")
        #expect(finding.state == .note && finding.detail.contains("ROME_KEY"))
    }
}
