import Domain
import Ledger
import TestKit
import Testing

@Suite("Play and earnest")
struct PlayTests {
    @Test("An owner pays for more of what is played with in play money")
    func topUp() async throws {
        let stall = try await Stall()
        let line = try await stall.buy(stall.order("cat_line", key: "line"), by: stall.player)
        let more = try await stall.shop.extend(
            service: line.service, ManagementAction(ServiceAction.topUpPhone, ["amountUsd": 5]), maxTotal: nil,
            for: stall.owner, key: Stall.key("more"))
        try await stall.shop.workOnce()
        #expect(try await stall.look(more.purchase.id).state.status == .completed)
        #expect(try await stall.wallet().available == Money(minor: 10_000))
        #expect(try await stall.wallet(isTest: true).available == Money(minor: 10_000 - 250 - 500))
        let message = ManagementAction("phone_message_send", ["body": "hello"])
        let sent = try await stall.shop.perform(
            message, on: line.service, isDestructive: false, for: stall.player, key: nil)
        #expect(sent.operation.status == .succeeded)
    }

    @Test("Quotes of one are nothing to the other; an owner sees both, each with its own wallet")
    func quotes() async throws {
        let stall = try await Stall()
        _ = try await stall.shop.adjust(by: -99_990_000, why: "gone", isTest: false, by: stall.owner)
        let order = Shop.QuoteOrder(itemID: "cat_disk", quantity: 1, configuration: ["name": "garden"])
        let played = try await stall.shop.quote(order, for: stall.player, key: nil).quote
        let meant = try await stall.shop.quote(order, for: stall.agent, key: nil).quote
        #expect(await stall.refusal { _ = try await stall.shop.quote(played.id, for: stall.agent) } == "notFound")
        #expect(
            await stall.refusal { _ = try await stall.shop.check(.quote(meant.id), for: stall.player) } == "notFound")
        #expect(try await stall.shop.check(.quote(played.id), for: stall.owner).problem == nil)
        #expect(try await stall.shop.check(.quote(meant.id), for: stall.owner).problem?.code == "insufficient_funds")
    }
}
