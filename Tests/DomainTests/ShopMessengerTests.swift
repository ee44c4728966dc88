import Foundation
import Logging
import Synchronization
import TestKit
import Testing

@testable import Domain

/// Owners are told of what happens in their shops.
@Suite("The messenger of the shop")
struct ShopMessengerTests {
    @Test("Events are told in order, each under its own id, and only those after the webhook was made")
    func order() async throws {
        let office = try await Office()
        try await office.tell("wallet.funded")
        let (webhook, secret) = try await office.webhooks.add(url: Office.url, eventTypes: nil, by: office.owner)
        try await office.tell("purchase.authorized", "purchase.completed")
        try await office.messenger.workOnce()
        let heard = office.receiver.heard
        #expect(try heard.map(Office.type) == ["purchase.authorized", "purchase.completed"])
        let letters = office.owner.account.uuid.filter { $0 != "-" }
        #expect(heard.map { $0.headers["webhook-id"] } == ["evt_\(letters)_3", "evt_\(letters)_4"])
        for request in heard {
            let signed = WebhookSignature.headers(
                id: request.headers["webhook-id"] ?? "", at: office.scene.clock.now, body: request.body,
                secret: secret)
            #expect(signed?["webhook-signature"] == request.headers["webhook-signature"])
            #expect(request.method == "POST" && request.url == Office.url)
        }
        #expect(try await office.only.after == webhook.after + 2)
        #expect(try await office.messenger.workOnce() == 0, "all is told")
    }

    @Test("Events of other types are passed over for good")
    func types() async throws {
        let office = try await Office()
        _ = try await office.webhooks.add(url: Office.url, eventTypes: ["wallet.funded"], by: office.owner)
        try await office.tell("purchase.authorized", "wallet.funded", "purchase.completed")
        try await office.messenger.workOnce()
        #expect(try office.receiver.heard.map(Office.type) == ["wallet.funded"])
        #expect(try await office.messenger.workOnce() == 0)
    }

    @Test("What did not arrive holds up what comes after it, and is sent again under the same id by the schedule")
    func again() async throws {
        let office = try await Office()
        _ = try await office.webhooks.add(url: Office.url, eventTypes: nil, by: office.owner)
        try await office.tell("purchase.authorized", "purchase.completed")
        office.receiver.answer(500)
        try await office.messenger.workOnce()
        let failed = try await office.only
        #expect(failed.attempts == 1 && failed.lastProblem == "The receiver answered 500.")
        #expect(try await office.messenger.workOnce() == 0, "not before its time")
        office.scene.clock.advance(by: .seconds(6))
        try await office.messenger.workOnce()
        let heard = office.receiver.heard
        #expect(
            try heard.map(Office.type) == ["purchase.authorized", "purchase.authorized", "purchase.completed"])
        #expect(heard[0].headers["webhook-id"] == heard[1].headers["webhook-id"] && heard[0].body == heard[1].body)
        let good = try await office.only
        #expect(good.attempts == 0 && good.lastProblem == nil)
    }

    @Test("A receiver that is gone is told nothing more, and others hear of that")
    func gone() async throws {
        let office = try await Office()
        _ = try await office.webhooks.add(url: Office.url, eventTypes: nil, by: office.owner)
        try await office.tell("purchase.authorized")
        office.receiver.answer(410)
        try await office.messenger.workOnce()
        let webhook = try await office.only
        #expect(webhook.state == .disabled && webhook.disabledAt == office.scene.clock.now)
        #expect(try await office.messenger.workOnce() == 0)
        let account = office.owner.account
        let types = try await office.scene.gate.read { rows in
            try rows.events(of: account, after: 0, types: nil, limit: 10).map(\.type)
        }
        #expect(types == ["webhook.added", "purchase.authorized", "webhook.disabled"])
    }

    @Test("After the last time of the schedule a webhook is disabled")
    func inVain() async throws {
        let office = try await Office()
        _ = try await office.webhooks.add(url: Office.url, eventTypes: nil, by: office.owner)
        try await office.tell("purchase.authorized")
        for _ in Limits().callbackScheduleSeconds {
            office.receiver.answer(503)
            #expect(try await office.messenger.workOnce() == 1)
            office.scene.clock.advance(by: .seconds(100_000))
        }
        #expect(try await office.messenger.workOnce() == 0)
        let webhook = try await office.only
        #expect(webhook.state == .disabled && webhook.lastProblem == "The receiver answered 503.")
    }

    @Test("One that another server tells is left to it until its time is over")
    func taken() async throws {
        let office = try await Office()
        let (webhook, _) = try await office.webhooks.add(url: Office.url, eventTypes: nil, by: office.owner)
        try await office.tell("purchase.authorized")
        var other = webhook
        other.dueAt = office.scene.clock.now.adding(seconds: 40)
        let held = other
        try await office.scene.gate.write { _ = try $0.update(held) }
        #expect(try await office.messenger.workOnce() == 0)
        await office.messenger.tell(webhook)
        #expect(office.receiver.heard.isEmpty, "it was seen before the other took it")
        office.scene.clock.advance(by: .seconds(41))
        #expect(try await office.messenger.workOnce() == 1)
        #expect(office.receiver.heard.count == 1)
    }

    @Test("The twenty-first webhook is refused, and one that is removed leaves nothing behind")
    func most() async throws {
        let office = try await Office()
        var newest: ShopWebhook?
        for _ in 0..<20 {
            newest = try await office.webhooks.add(url: Office.url, eventTypes: nil, by: office.owner).webhook
        }
        await #expect(throws: Refusal.self) {
            try await office.webhooks.add(url: Office.url, eventTypes: nil, by: office.owner)
        }
        let id = try #require(newest).id
        try await office.webhooks.remove(id, by: office.owner)
        #expect(try await office.scene.gate.read { try $0.record(of: ShopWebhook.kind, id: id) } == nil)
        #expect(try await office.webhooks.list(of: office.owner.account).count == 19)
        await #expect(throws: Refusal.self) { try await office.webhooks.remove(id, by: office.owner) }
    }

    @Test("What others own is theirs, an address that is none is refused, and so is a list of no types")
    func refused() async throws {
        let office = try await Office()
        let (webhook, _) = try await office.webhooks.add(url: Office.url, eventTypes: nil, by: office.owner)
        let boris = Buyer(account: office.scene.boris.account, role: .owner(key: nil), scopes: [], isTest: false)
        await #expect(throws: Refusal.self) { try await office.webhooks.remove(webhook.id, by: boris) }
        await #expect(throws: Refusal.self) {
            try await office.webhooks.add(url: "nonsense", eventTypes: nil, by: boris)
        }
        await #expect(throws: Refusal.self) {
            try await office.webhooks.add(url: Office.url, eventTypes: [], by: boris)
        }
    }
}

/// Ana's shop, where things happen, and whoever she wants to be told of them.
private struct Office {
    static let url = "https://books.example/rialto"

    let scene: Scene
    let receiver = ScriptedReceiver()
    let owner: Buyer
    let webhooks: ShopWebhooks
    let messenger: ShopMessenger

    init() async throws {
        scene = try await Scene()
        owner = Buyer(account: scene.ana.account, role: .owner(key: nil), scopes: [], isTest: false)
        let master = try MasterKey(bytes: Array(repeating: 7, count: 32))
        webhooks = ShopWebhooks(store: scene.gate, world: scene.clock.world, master: master, outbound: receiver)
        messenger = ShopMessenger(
            store: scene.gate, world: scene.clock.world, limits: Limits(), master: master, outbound: receiver,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    func tell(_ types: String...) async throws {
        let (account, now) = (owner.account, scene.clock.now)
        try await scene.gate.writeTogether(as: account) { rows in
            try Books.write(of: account, in: rows, at: now) { books in
                for type in types { books.tell(type, of: nil, by: "test", ["more": "of it"]) }
            }
        }
    }

    /// The only webhook there is.
    var only: ShopWebhook {
        get async throws {
            let all = try await webhooks.list(of: owner.account)
            #expect(all.count == 1)
            return try #require(all.first)
        }
    }

    static func type(_ request: OutboundRequest) throws -> String {
        try JSONDecoder().decode(JSONValue.self, from: Data(request.body))["type"]?.string ?? ""
    }
}

/// Whoever is told: answers as a test says, and 200 after that.
private final class ScriptedReceiver: Outbound {
    private let state = Mutex((heard: [OutboundRequest](), answers: [Int]()))

    var heard: [OutboundRequest] { state.withLock { $0.heard } }

    func answer(_ statuses: Int...) {
        state.withLock { $0.answers += statuses }
    }

    func check(url: String) throws(OutboundFault) {
        guard url.hasPrefix("https://") else { throw OutboundFault(.invalid, "The address is none.") }
    }

    func fetching(_ url: String, at moment: Timestamp) throws(OutboundFault) -> OutboundRequest {
        OutboundRequest(url: url)
    }

    func send(_ request: OutboundRequest) async throws(OutboundFault) -> OutboundAnswer {
        let status = state.withLock { state in
            state.heard.append(request)
            return state.answers.isEmpty ? 200 : state.answers.removeFirst()
        }
        return OutboundAnswer(status: status)
    }
}
