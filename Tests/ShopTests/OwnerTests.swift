import Domain
import Ledger
import TestKit
import Testing

@Suite("What is an owner's")
struct OwnerTests {
    @Test("An agent changes neither the catalog nor money nor rules, and decides nothing")
    func agents() async throws {
        let stall = try await Stall()
        let (shop, agent) = (stall.shop, stall.agent)
        let item = try await shop.checkout("cat_disk").item
        let disk = try await stall.buy(stall.order(key: "disk"))
        let asked: [() async throws -> Void] = [
            { try await shop.put(item: item, by: agent) },
            { try await shop.setDisabled(item: "cat_disk", to: true, by: agent) },
            { _ = try await shop.fund(Money(micros: 10_000), why: "why not", isTest: true, by: agent) },
            { _ = try await shop.adjust(by: 10_000, why: "why not", isTest: true, by: agent) },
            { try await shop.setFrozen(to: true, why: nil, by: agent) },
            { _ = try await shop.setPolicy([:], of: .account, by: agent) },
            { _ = try await shop.decide(approval: disk.id, isApproval: true, note: nil, by: agent) },
            { _ = try await shop.resolve(purchase: disk.id, found: nil, why: "why not", by: agent) },
        ]
        for (place, ask) in asked.enumerated() { #expect(await stall.refusal(ask) == "forbidden", "\(place)") }
    }

    @Test("What is being bought counts among the services that there may be")
    func services() async throws {
        let stall = try await Stall()
        _ = try await stall.shop.setPolicy(["maxActiveServices": ["count": 2]], of: .account, by: stall.owner)
        var statuses: [Purchase.Status] = []
        for number in 0..<3 {
            statuses.append(
                try await stall.shop.purchase(stall.order(key: "disk \(number)"), for: stall.agent).purchase.state
                    .status)
        }
        #expect(statuses == [.authorized, .authorized, .denied])
        for _ in 0..<3 { try await stall.shop.workOnce() }
        #expect(try await stall.buy(stall.order(key: "disk 3")).state.status == .denied)
    }
}
