import Domain
import Ledger
import TestKit
import Testing

@Suite("Money back")
struct RefundTests {
    private func refund(
        _ purchase: Purchase, _ cents: Int64?, at stall: Stall, key: String
    ) async throws -> (refund: Refund, isRepeated: Bool) {
        try await stall.shop.refund(
            purchase: purchase.id, amount: cents.flatMap { Money(minor: $0) }, reasonCode: "changed_mind",
            for: stall.agent, key: Stall.key(key))
    }

    @Test("Of a purchase that was given back whole nothing more is given back")
    func whole() async throws {
        let stall = try await Stall()
        let disk = try await stall.buy(stall.order(key: "disk"))
        #expect(disk.state.status == .completed)
        #expect(try await refund(disk, nil, at: stall, key: "1").refund.amount == Money(minor: 300))
        #expect(try await stall.wallet().available == Money(minor: 10_000))
        for (key, cents) in [("2", nil), ("3", 1), ("4", 300)] as [(String, Int64?)] {
            let code = await stall.refusal { _ = try await refund(disk, cents, at: stall, key: key) }
            #expect(code == "refund_exceeds_purchase")
        }
        #expect(try await refund(disk, nil, at: stall, key: "1").isRepeated)
        #expect(try await stall.wallet().available == Money(minor: 10_000))
    }

    @Test("Parts are given back until nothing is left, and then the service ends")
    func parts() async throws {
        let stall = try await Stall()
        let disk = try await stall.buy(stall.order(key: "disk"))
        _ = try await refund(disk, 100, at: stall, key: "1")
        #expect(
            await stall.refusal { _ = try await refund(disk, 201, at: stall, key: "2") } == "refund_exceeds_purchase")
        #expect(try await stall.service(of: disk).status == .active)
        #expect(try await refund(disk, nil, at: stall, key: "3").refund.amount == Money(minor: 200))
        try await stall.shop.workOnce()
        #expect(try await stall.service(of: disk).status == .terminated)
        #expect(stall.depot.things.there == [])
    }

    @Test("What a service has used up of its balance is not given back")
    func used() async throws {
        let stall = try await Stall()
        let line = try await stall.buy(stall.order("cat_line", key: "line", balance: 1))
        let message = ManagementAction("phone_message_send", ["body": "hello"])
        let sent = try await stall.shop.perform(
            message, on: line.service, isDestructive: false, for: stall.agent, key: Stall.key("hello"))
        #expect(sent.operation.status == .succeeded)
        #expect(
            await stall.refusal { _ = try await refund(line, nil, at: stall, key: "1") } == "refund_exceeds_purchase")
        #expect(try await refund(line, 349, at: stall, key: "2").refund.status == .succeeded)
        #expect(try await stall.wallet().available == Money(minor: 9_999))
    }
}
