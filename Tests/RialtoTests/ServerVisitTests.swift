import Domain
import Testing

@testable import Rialto

/// Each fault of a running server that the doctor names, caused by a server that answers as it is told.
@Suite struct ServerVisitTests {
    private static let jwks = "/.well-known/jwks.json"
    private static let discovery = "/federation/.well-known/openid-configuration"
    private static let rooms = "/api/agent/guide/rooms"
    private static let asking = "/api/agent/guide/sse"
    private static let final = "data: {\"ability_node_id\":1,\"results\":{\"output\":\"Rialto\",\"final\":true}}\n\n"
    private static let realm = "/rialto-doctor/oidc/oauth/token"
    private static let chat = "/v1/agent/guide/chat"
    private static let said = "data: {\"message\":\"Rialto\"}\n\ndata: {\"message\":\"\",\"stop_reason\":\"stop\"}\n\n"
    private static let shop = "/v1/agent"
    private static let checkout = shop + "/catalog/items/cat_storage_object_001/checkout"
    private static let needs = #"{"example":{"catalogItemId":"cat_storage_object_001","quantity":1}}"#
    private static let chats = ["/api/v1/chat/completions", "/v1/chat/completions"]

    private let patient: Patient
    private let sound: [String: CannedServer.Answer]

    init() async throws {
        patient = try await Patient()
        let keys = try await patient.house().signingKeys.list()
        let stream = CannedServer.Answer(contentType: "text/event-stream", body: StreamReadingTests.whole)
        sound = [
            "/healthz": .init(body: "{}"), "/readyz": .init(body: "{}"),
            Self.jwks: .init(body: #"{"keys":[{"kid":"\#(keys[0].kid)"}]}"#),
            Self.discovery: .init(body: #"{"issuer":"https://rialto.example/federation"}"#),
            Self.chats[0]: stream, Self.chats[1]: stream, "DELETE": .init(body: "{}"),
            Self.rooms: .init(body: #""r""#), "DELETE \(Self.rooms)/r": .init(body: "true"),
            Self.asking: .init(contentType: "text/event-stream", body: Self.final),
            Self.realm: .init(body: #"{"access_token":"t"}"#),
            Self.chat: .init(contentType: "text/event-stream", body: Self.said),
            Self.checkout: .init(body: Self.needs),
            Self.shop + "/quotes": .init(body: #"{"quote":{"id":"q","totalPriceMinor":500}}"#),
            Self.shop + "/policies/check": .init(body: #"{"decision":"allow"}"#),
            Self.shop + "/wallet": .init(body: #"{"availableMinor":0}"#),
        ]
    }

    /// - Parameter publicURL: nil for the server's own.
    private func findings(
        _ changes: [String: CannedServer.Answer] = [:], publicURL: String? = "https://rialto.example"
    ) async throws -> [Finding] {
        let server = try await CannedServer(answers: sound.merging(changes) { $1 })
        let lock = try DataLock.take(patient.data)
        lock.tell(publicURL: publicURL ?? server.url, localURL: server.url)
        let findings = await patient.doctor.examine()
        await server.close()
        withExtendedLifetime(lock) {}
        return findings
    }

    /// What a server that answers like this was asked to delete.
    private func deleted(_ changes: [String: CannedServer.Answer]) async throws -> [String] {
        let server = try await CannedServer(answers: sound.merging(changes) { $1 })
        let lock = try DataLock.take(patient.data)
        lock.tell(publicURL: server.url, localURL: server.url)
        _ = await patient.doctor.examine()
        await server.close()
        withExtendedLifetime(lock) {}
        return server.asked.filter { $0.hasPrefix("DELETE ") && !$0.hasPrefix("DELETE \(Self.rooms)") }
    }

    private func wrongs(_ path: String, _ answer: CannedServer.Answer) async throws -> [Finding] {
        try await findings([path: answer]).filter(\.isWrong)
    }

    @Test func aSoundServerIsFoundSound() async throws {
        let findings = try await findings()
        #expect(findings.filter(\.isWrong).isEmpty)
        #expect(
            findings.dropFirst(6).map(\.name) == [
                "server", "public URL", "published keys", "discovery", "marketplace client", "saas client",
                "rooms key", "stackspot realm", "agent store key",
            ])
    }

    @Test func aServerThatIsNotReadyIsNamed() async throws {
        let wrongs = try await wrongs("/readyz", .init(status: 503, body: #"{"status":"stopping"}"#))
        #expect(wrongs.map(\.name) == ["server"])
        #expect(wrongs[0].detail.contains("/readyz answers 503"))
    }

    @Test func aServerThatDoesNotAnswerIsNamed() async throws {
        let lock = try DataLock.take(patient.data)
        lock.tell(publicURL: "http://127.0.0.1:1", localURL: "http://127.0.0.1:1")
        let finding = try await patient.finding("server")
        #expect(finding.isWrong && finding.detail.contains("http://127.0.0.1:1"))
        withExtendedLifetime(lock) {}
    }

    @Test func aServerThatPublishesOtherKeysIsNamed() async throws {
        let wrongs = try await wrongs(Self.jwks, .init(body: #"{"keys":[{"kid":"another"}]}"#))
        #expect(wrongs.map(\.name) == ["published keys"] && wrongs[0].mend?.contains(patient.data.path) == true)
    }

    @Test func aServerThatNamesAnotherIssuerIsNamed() async throws {
        let wrongs = try await wrongs(Self.discovery, .init(body: #"{"issuer":"http://elsewhere/federation"}"#))
        #expect(wrongs.map(\.name) == ["discovery"] && wrongs[0].detail.contains("http://elsewhere/federation"))
    }

    @Test func aClientThatIsNotAnsweredIsNamed() async throws {
        let answer = CannedServer.Answer(status: 401, body: #"{"error":{"message":"The token is not valid."}}"#)
        let wrongs = try await wrongs(Self.chats[0], answer)
        #expect(wrongs.map(\.name) == ["marketplace client"])
        #expect(wrongs[0].detail.contains("401: The token is not valid."))
    }

    @Test func aStreamThatBreaksOffIsNamed() async throws {
        let answer = CannedServer.Answer(
            contentType: "text/event-stream", body: StreamReadingTests.start + StreamReadingTests.role)
        let wrongs = try await wrongs(Self.chats[1], answer)
        #expect(wrongs.map(\.name) == ["saas client"] && wrongs[0].detail.contains("[DONE]"))
    }

    @Test func theConversationsThatThePlayMadeAreDeletedHoweverItEnded() async throws {
        let broken = CannedServer.Answer(contentType: "text/event-stream", body: StreamReadingTests.start)
        for answer in [nil, broken, .init(status: 503, body: "{}")] {
            let changes = answer.map { answer in Dictionary(uniqueKeysWithValues: Self.chats.map { ($0, answer) }) }
            let places = try await deleted(changes ?? [:])
            #expect(
                places.map { $0.prefix { $0 != "-" }.split(separator: "/").dropLast() } == [
                    ["DELETE ", "api", "v1", "conversations"], ["DELETE ", "v1", "conversations"],
                    ["DELETE ", "v1", "conversations"],
                ])
        }
    }

    @Test func aConversationThatCannotBeDeletedIsNamed() async throws {
        let wrongs = try await wrongs("DELETE", .init(status: 500, body: "{}"))
        #expect(wrongs.map(\.name) == ["marketplace client", "saas client", "stackspot realm"])
        #expect(wrongs[0].detail.contains("could not delete its conversation"))
        #expect(wrongs[0].detail.contains("500"))
    }

    @Test func aKeyThatIsNotAnsweredIsNamedAndRemoved() async throws {
        let faults = [
            (Self.rooms, "{}", "no room was made"), (Self.asking, ": connected\n\n", "final event"),
            (Self.asking, "data: nonsense\n\n", "JSON"), ("DELETE \(Self.rooms)/r", "false", "could not be deleted"),
        ]
        for (path, body, words) in faults {
            let wrongs = try await wrongs(path, .init(contentType: "text/event-stream", body: body))
            #expect(wrongs.map(\.name) == ["rooms key"])
            #expect(wrongs.first?.detail.contains(words) == true, "\(wrongs)")
        }
        #expect(try await patient.house().keys.list() == [])
    }

    @Test func aRealmThatDoesNotAnswerIsNamedAndItsClientRemoved() async throws {
        let faults = [
            (Self.realm, "{}", "it got no token"), (Self.chat, ": connected\n\n", "final event"),
            (Self.chat, "data: nonsense\n\n", "JSON"),
            (Self.chat, "data: {\"message\":\"\",\"stop_reason\":\"stop\"}\n\n", "the answer is empty"),
        ]
        for (path, body, words) in faults {
            let wrongs = try await wrongs(path, .init(contentType: "text/event-stream", body: body))
            #expect(wrongs.map(\.name) == ["stackspot realm"])
            #expect(wrongs.first?.detail.contains(words) == true, "\(wrongs)")
        }
        #expect(try await patient.house().clients.list().allSatisfy { $0.edition != .stackspot })
    }

    @Test func aStoreThatDoesNotSellIsNamedAndItsKeyRevoked() async throws {
        let faults = [
            (Self.checkout, "{}", "does not say how"), (Self.shop + "/quotes", "{}", "there is no price (200)"),
            (Self.shop + "/policies/check", #"{"error":{"message":"Out of order"}}"#, "Out of order"),
            (Self.shop + "/wallet", "nonsense", "there is no wallet (200): nonsense"),
        ]
        for (path, body, words) in faults {
            let wrongs = try await wrongs(path, .init(body: body))
            #expect(wrongs.map(\.name) == ["agent store key"])
            #expect(wrongs.first?.detail.contains(words) == true, "\(wrongs)")
        }
        let keys = try await patient.house().agentKeys.list()
        #expect(!keys.isEmpty && keys.allSatisfy { $0.revokedAt != nil && $0.isTest })
    }

    @Test func aPublicURLThatLeadsElsewhereIsNamed() async throws {
        let elsewhere = try await CannedServer(answers: [:])
        let issuer = CannedServer.Answer(body: #"{"issuer":"\#(elsewhere.url)/federation"}"#)
        let findings = try await findings([Self.discovery: issuer], publicURL: elsewhere.url)
        #expect(findings.filter(\.isWrong).map(\.name) == ["public URL"])
        await elsewhere.close()
    }

    @Test func clientsThatMayNotAskTheGuideAreNotPlayed() async throws {
        let house = try await patient.house()
        for id in [FirstStart.marketplaceClient, FirstStart.saasClient] { try await house.clients.remove(id: id) }
        _ = try await house.clients.add(
            id: "silent", edition: .saas, account: Account.mainName, agents: [], scopes: ["mcp:all"])
        let played = try await findings().filter { $0.name.hasSuffix("client") }
        #expect(played.map(\.name) == ["saas client"] && played[0].state == .note)
    }
}
