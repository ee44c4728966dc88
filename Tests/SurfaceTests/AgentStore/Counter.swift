import Domain
import HTTPTypes
import Hummingbird
import Ledger
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import TestKit
import Wire

@testable import Surfaces

/// The doors of the agent store, and those that stand beside them, on a store in memory: Ana's account buys at the
/// counter, by an agent that she calls shopper.
struct Counter: Sendable {
    let scene: Scene
    let shop: Shop
    let tokens: AccessTokens
    /// The shopper's key, another of its, for play, and Ana's.
    let key: String
    let testKey: String
    let ownerKey: String
    private let agentKeys: AgentKeys
    private let responder: any HTTPResponder<DoorContext>

    init() async throws {
        scene = try await Scene()
        let (store, world, directory, limits) = (scene.gate, scene.clock.world, scene.directory, Limits())
        let master = try MasterKey(bytes: Array(repeating: 7, count: 32))
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        shop = Shop(store: store, world: world, directory: directory, provisioners: [Workshop()], logger: logger)
        agentKeys = AgentKeys(store: store, world: world, directory: directory)
        let ownerKeys = OwnerKeys(store: store, world: world, directory: directory)
        let files = Files(store: store, world: world, limits: limits)
        let knowledge = Knowledge(store: store, world: world, limits: limits, files: files)
        tokens = AccessTokens(
            directory: directory,
            signingKeys: SigningKeys(store: store, world: world, master: master, overlapHours: 24),
            publicURL: "http://here", limits: limits, world: world)
        let rates = Rates(store: store, world: world)
        let house = Entrance.Furniture(
            runs: scene.runs, files: files, conversations: Conversations(store: store),
            clients: Clients(store: store, world: world, directory: directory),
            keys: APIKeys(store: store, world: world, master: master, directory: directory), directory: directory,
            tokens: tokens, limits: limits, world: world, publicURL: "http://here", openStreams: OpenStreams(),
            links: Links(outbound: Shut(), files: files, world: world, limits: limits), outbound: Shut(),
            knowledge: knowledge,
            uploads: Uploads(
                store: store, world: world, limits: limits, files: files, knowledge: knowledge, master: master),
            rates: rates, shop: shop, agentKeys: agentKeys, ownerKeys: ownerKeys,
            routerKeys: RouterKeys(store: store, world: world),
            modelRouter: ModelRouter(
                store: store, world: world, runs: scene.runs, rates: rates, models: RouterModels([]), logger: logger),
            webhooks: ShopWebhooks(store: store, world: world, master: master, outbound: Shut()))
        let operations = Operations(
            store: store, runs: scene.runs, openStreams: OpenStreams(), metrics: MetricsBook())
        responder = Entrance(
            dialects: [AgentStore(house), StackSpot(house), AgenticStar(house)], operations: operations, world: world
        ).responder()
        key = try await agentKeys.add(account: Account.mainName, agent: "shopper").key
        testKey = try await agentKeys.add(account: Account.mainName, agent: "shopper", isTest: true).key
        ownerKey = try await ownerKeys.add(account: Account.mainName, label: "ana").key
    }

    /// A key of the shopper's with no other scopes than these.
    func key(for scopes: String...) async throws -> String { try await key(for: scopes) }

    func key(for scopes: [String]) async throws -> String {
        try await agentKeys.add(account: Account.mainName, agent: "shopper", scopes: scopes).key
    }

    /// What came back.
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPFields
        let text: String

        var json: JSON { (try? JSON.parse(text)) ?? .null }
        var error: JSON { json["error"] ?? .null }
        var code: String { error["code"]?.string ?? "" }
        var isReplayed: Bool { headers[HTTPField.Name("Idempotent-Replayed")!] == "true" }
    }

    /// - Parameter key: nil for none.
    func ask(
        _ method: HTTPRequest.Method, _ path: String, key: String?, _ body: JSON? = nil, header: String? = nil
    ) async throws -> Answer {
        var head = HTTPRequest(method: method, scheme: "http", authority: "here", path: path)
        if let key { head.headerFields[.authorization] = "Bearer \(key)" }
        if let header { head.headerFields[HTTPField.Name("Idempotency-Key")!] = header }
        let bytes = ByteBuffer(string: body?.render() ?? "")
        if body != nil {
            head.headerFields[.contentType] = "application/json"
            head.headerFields[.contentLength] = "\(bytes.readableBytes)"
        }
        let source = ApplicationRequestContextSource(
            channel: NIOAsyncTestingChannel(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let response = try await responder.respond(
            to: Request(head: head, body: RequestBody(buffer: bytes)), context: DoorContext(source: source))
        let page = Page()
        try await response.body.write(Writer(page: page))
        return Answer(
            status: response.status.code, headers: response.headers, text: page.text.withLock { $0 })
    }

    /// As the shopper.
    func buy(_ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil) async throws -> Answer {
        try await ask(method, "/v1/agent" + path, key: key, body)
    }

    /// As Ana.
    func rule(_ method: HTTPRequest.Method, _ path: String, _ body: JSON? = nil) async throws -> Answer {
        try await ask(method, "/v1/account" + path, key: ownerKey, body)
    }

    /// Puts money into the wallet: cents.
    func fund(_ minor: Int64) async throws {
        _ = try await rule(.post, "/funding", ["amountMinor": .integer(minor), "reason": "The budget of March."])
    }

    private final class Page: Sendable {
        let text = Mutex("")
    }

    private struct Writer: ResponseBodyWriter {
        let page: Page

        mutating func write(_ buffer: ByteBuffer) async throws { page.text.withLock { $0 += String(buffer: buffer) } }
        consuming func finish(_ trailers: HTTPFields?) async throws {}
    }
}

/// No way out.
private struct Shut: Outbound {
    func check(url: String) throws(OutboundFault) {}

    func fetching(_ url: String, at moment: Timestamp) throws(OutboundFault) -> OutboundRequest {
        OutboundRequest(url: url)
    }

    func send(_ request: OutboundRequest) async throws(OutboundFault) -> OutboundAnswer { OutboundAnswer(status: 404) }
}
