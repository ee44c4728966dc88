import Domain
import Ledger
import TestKit
import Testing

@Suite("Renewals")
struct RenewalTests {
    private static let month = 31 * 86_400

    /// A depot that does what is asked, but for renewals.
    private func stall(renewals mood: Mood) async throws -> Stall {
        try await Stall { $0.text.hasSuffix("/service_renew") ? mood : .willing }
    }

    @Test("A service that renews itself is paid for again, once")
    func again() async throws {
        let stall = try await stall(renewals: .willing)
        let machine = try await stall.buy(stall.order("cat_machine", key: "machine", renews: true))
        try await stall.pass(seconds: Self.month)
        for _ in 0..<3 { try await stall.pass(seconds: 61) }
        let service = try await stall.service(of: machine)
        #expect(service.status == .active)
        let paidUntil = try #require(service.paidUntil)
        #expect(paidUntil >= machine.createdAt.adding(months: 2) && paidUntil < machine.createdAt.adding(months: 3))
        #expect(try await stall.wallet().available == Money(minor: 10_000 - 2 * 2_400))
    }

    @Test("A service that somebody has just renewed does not renew itself as well")
    func renewed() async throws {
        let stall = try await stall(renewals: .willing)
        let machine = try await stall.buy(stall.order("cat_machine", key: "machine", renews: true))
        let paidUntil = try #require(try await stall.service(of: machine).paidUntil)
        _ = try await stall.shop.renew(
            service: machine.service, periods: 1, maxTotal: nil, for: stall.agent, key: Stall.key("more"))
        // Both are due at once: the purchase comes first, and the service was taken as it stood before.
        let left = paidUntil.milliseconds - stall.clock.now.milliseconds
        try await stall.pass(seconds: Int(left / 1000) + 1)
        let service = try await stall.service(of: machine)
        #expect(service.status == .active && service.paidUntil == stall.clock.now.adding(months: 1))
        #expect(try await stall.wallet().available == Money(minor: 10_000 - 2 * 2_400))
    }

    @Test("A service whose renewal has failed is suspended, and taken away a week later")
    func failed() async throws {
        let stall = try await stall(renewals: .unable)
        let machine = try await stall.buy(stall.order("cat_machine", key: "machine", renews: true))
        try await stall.pass(seconds: Self.month)
        for _ in 0..<3 { try await stall.pass(seconds: 61) }
        #expect(try await stall.service(of: machine).status == .suspended)
        #expect(try await stall.wallet().available == Money(minor: 10_000 - 2_400))
        for _ in 0..<3 { try await stall.pass(seconds: 7 * 86_400) }
        #expect(try await stall.service(of: machine).status == .terminated)
    }

    @Test("A service whose renewal nobody agreed to is suspended")
    func unasked() async throws {
        let stall = try await stall(renewals: .willing)
        let machine = try await stall.buy(stall.order("cat_machine", key: "machine", renews: true))
        _ = try await stall.shop.setPolicy(
            ["approvalRules": [["recurring": true]], "approvalTtlMinutes": 10], of: .account, by: stall.owner)
        try await stall.pass(seconds: Self.month)
        try await stall.pass(seconds: 61)
        #expect(try await stall.service(of: machine).status == .active)
        for _ in 0..<3 { try await stall.pass(seconds: 601) }
        #expect(try await stall.service(of: machine).status == .suspended)
    }

    @Test("More of a service that has ended meanwhile is not paid for, and does not keep it")
    func ended() async throws {
        let stall = try await stall(renewals: .willing)
        let machine = try await stall.buy(stall.order("cat_machine", key: "machine"))
        let more = try await stall.shop.renew(
            service: machine.service, periods: 1, maxTotal: nil, for: stall.agent, key: Stall.key("more"))
        #expect(more.purchase.state.status == .authorized)
        _ = try await stall.shop.cancel(
            service: machine.service, atPeriodEnd: false, for: stall.agent, key: Stall.key("enough"))
        for _ in 0..<2 { try await stall.pass(seconds: 1) }
        #expect(try await stall.look(more.purchase.id).state.status == .failed)
        #expect(try await stall.service(of: machine).status == .terminated)
        #expect(try await stall.wallet().available == Money(minor: 10_000 - 2_400))
    }

    @Test("More that was brought although the service was ending is paid for, and does not keep it")
    func late() async throws {
        let stall = try await stall(renewals: .slow(1))
        let machine = try await stall.buy(stall.order("cat_machine", key: "machine"))
        let more = try await stall.shop.renew(
            service: machine.service, periods: 1, maxTotal: nil, for: stall.agent, key: Stall.key("more"))
        try await stall.shop.workOnce()
        _ = try await stall.shop.cancel(
            service: machine.service, atPeriodEnd: false, for: stall.agent, key: Stall.key("enough"))
        for _ in 0..<4 { try await stall.pass(seconds: 5) }
        #expect(try await stall.look(more.purchase.id).state.status == .completed)
        #expect(try await stall.service(of: machine).status == .terminated)
    }
}
