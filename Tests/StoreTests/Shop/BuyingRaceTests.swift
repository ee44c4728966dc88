import Domain
import Ledger
import TestKit
import Testing

/// Many at once, of whom only some may have what they want.
@Suite("Races of buyers")
struct BuyingRaceTests {
    private static let stores = [Backend.onDisk, Backend.postgres]

    /// So many calls at once, and how often each word was answered.
    private func race(_ count: Int, _ call: @escaping @Sendable (Int) async throws -> String) async -> [String: Int] {
        await withTaskGroup(of: String.self) { group in
            for number in 0..<count {
                group.addTask {
                    do {
                        return try await call(number)
                    } catch let refusal as Refusal {
                        return refusal.code ?? refusal.reason.rawValue
                    } catch {
                        return "\(error)"
                    }
                }
            }
            return await group.reduce(into: [:]) { $0[$1, default: 0] += 1 }
        }
    }

    @Test("A thousand purchases at once with money for ten are ten", arguments: stores)
    func money(_ backend: Backend) async throws {
        try await backend.with { store in
            let stall = try await Stall(on: store, dollars: 30)
            let answers = await race(1000) { number in
                let order = stall.order(key: "disk \(number)")
                return try await stall.shop.purchase(order, for: stall.agent).purchase.state.status.rawValue
            }
            #expect(answers == ["authorized": 10, "insufficient_funds": 990])
            try await stall.shop.workOnce()
            #expect(stall.depot.things.there.count == 10 && stall.depot.things.double == [])
            let wallet = try await stall.wallet()
            #expect(wallet.balance == .zero && wallet.held == .zero)
            #expect(try await stall.shop.verify(account: nil).faults == [])
        }
    }

    @Test("A thousand purchases at once within a budget for ten are ten", arguments: stores)
    func budget(_ backend: Backend) async throws {
        try await backend.with { store in
            let stall = try await Stall(on: store, dollars: 9000)
            _ = try await stall.shop.setPolicy(
                [
                    "spendLimits": [["interval": "daily", "amountMinor": 3000]],
                    "maxPurchases": [["interval": "weekly", "count": 11]],
                ], of: .account, by: stall.owner)
            let answers = await race(1000) { number in
                let order = stall.order(key: "disk \(number)")
                return try await stall.shop.purchase(order, for: stall.agent).purchase.state.status.rawValue
            }
            #expect(answers == ["authorized": 10, "denied": 990])
            #expect(try await stall.wallet().held == Money(minor: 3000))
        }
    }

    @Test("Fifty callers with one key make one purchase", arguments: stores)
    func oneKey(_ backend: Backend) async throws {
        try await backend.with { store in
            let stall = try await Stall(on: store)
            let answers = await race(50) { _ in
                let bought = try await stall.shop.purchase(stall.order(key: "disk"), for: stall.agent)
                return "\(bought.purchase.id) \(bought.isRepeated)"
            }
            #expect(answers.values.sorted() == [1, 49])
            #expect(Set(answers.keys.map { $0.prefix(36) }).count == 1)
            #expect(try await stall.wallet().held == Money(minor: 300))
        }
    }

    @Test("Fifty buyers of one quote are one", arguments: stores)
    func oneQuote(_ backend: Backend) async throws {
        try await backend.with { store in
            let stall = try await Stall(on: store)
            let order = Shop.QuoteOrder(itemID: "cat_disk", quantity: 1, configuration: ["name": "garden"])
            let quote = try await stall.shop.quote(order, for: stall.agent, key: nil).quote.id
            let answers = await race(50) { number in
                let order = Shop.PurchaseOrder(.quote(quote), key: Stall.key("\(number)"))
                return try await stall.shop.purchase(order, for: stall.agent).purchase.state.status.rawValue
            }
            #expect(answers == ["authorized": 1, "quote_already_purchased": 49])
        }
    }

    @Test("Of five hundred purchases that are given back twice at once each is given back once", arguments: stores)
    func refunds(_ backend: Backend) async throws {
        try await backend.with { store in
            let stall = try await Stall(on: store, dollars: 2500)
            let bought = await race(500) { number in
                let order = stall.order("cat_words", key: "words \(number)")
                return try await stall.shop.purchase(order, for: stall.agent).purchase.state.status.rawValue
            }
            #expect(bought == ["completed": 500])
            #expect(try await stall.wallet().balance == .zero)
            let ids = try await stall.shop.purchases(
                for: stall.agent, status: .completed, category: nil, limit: 500, after: nil
            ).purchases.map(\.id)
            let answers = await race(1000) { number in
                try await stall.shop.refund(
                    purchase: ids[number / 2], amount: nil, reasonCode: "changed_mind", for: stall.agent,
                    key: IdempotencyKey(path: "shop/refunds", key: "\(number)", request: [])
                ).refund.status.rawValue
            }
            #expect(answers == ["succeeded": 500, "refund_exceeds_purchase": 500])
            #expect(try await stall.wallet().balance == Money(minor: 250_000))
            #expect(try await stall.shop.verify(account: nil).faults == [])
        }
    }
}
