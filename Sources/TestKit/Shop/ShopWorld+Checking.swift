import Domain
import Ledger

/// What must be so after every command.
extension ShopWorld {
    private static let cent: Int64 = 10_000

    func check(_ touched: BookFold.Touched) async throws {
        let kept = touched.accounts.filter(BookFold.isKept).sorted().map { AccountName($0) }
        if !kept.isEmpty {
            let stored = try await store.read { try $0.balances(of: kept) }
            for name in kept {
                let side = ledger.sides[name.text] ?? .init()
                guard BookFold.Side(stored[name] ?? Balance()) == side, side.free >= 0 else {
                    throw ShopAuditor.Complaint("\(name.text) has \(String(describing: stored[name])), not \(side)")
                }
            }
        }
        for subject in touched.subjects { try check(subject) }
        for account in accounts.indices { try checkWallets(of: account) }
        if touched.accounts.contains(where: { $0.hasPrefix("budget/") }) { try checkBudgets() }
        for depot in depots where !depot.things.double.isEmpty {
            throw ShopAuditor.Complaint("\(depot.things.double) came about more than once")
        }
    }

    /// A purchase holds its whole price while it is open, and has paid it if and only if it is completed.
    func check(_ subject: String) throws {
        guard let id = ID(uuid: subject), let sale = auditor.sales[id] else { return }
        let total = Int64(sale.offer.total) * Self.cent
        let held = ledger.heldFor[subject] ?? 0
        let paid = ledger.paidFor[subject] ?? 0
        guard held == (sale.isOpen ? total : 0), paid == (sale.status == "completed" ? total : 0) else {
            throw ShopAuditor.Complaint("purchase \(id) is \(sale.status), of \(total): held \(held), paid \(paid)")
        }
        let back = ledger.sides["refundable/\(subject)"] ?? .init()
        guard back.into == paid, back.out == Int64(sale.refunded) * Self.cent else {
            throw ShopAuditor.Complaint("of purchase \(id) \(back.out) was given back")
        }
        guard let service = sale.service else { return }
        let name = (sale.person.isTest ? "test-" : "") + "credits/\(service.uuid)"
        let (free, kept) = auditor.balance(of: service)
        let side = ledger.sides[name] ?? .init()
        guard side.free == Int64(free) * Self.cent, side.held == Int64(kept) * Self.cent else {
            throw ShopAuditor.Complaint("\(name) has \(side), not \(free) free and \(kept) held")
        }
    }

    private func checkWallets(of account: Int) throws {
        for isTest in [false, true] {
            let name = (isTest ? "test-" : "") + "wallet/\(accounts[account].uuid)"
            let side = ledger.sides[name] ?? .init()
            let standing = auditor.standing(of: .init(account: account, isTest: isTest))
            guard side.into - side.out == Int64(standing.balance) * Self.cent,
                side.held == Int64(standing.held) * Self.cent, side.coming == 0, side.free >= 0
            else { throw ShopAuditor.Complaint("\(name) has \(side), not \(standing)") }
        }
    }

    private func checkBudgets() throws {
        let (told, expected) = (ledger.budgets, auditor.budgets())
        guard told.overdrawn.isEmpty, expected.overdrawn.isEmpty else {
            throw ShopAuditor.Complaint("overdrawn: \(told.overdrawn) \(expected.overdrawn)")
        }
        // Purchases that are counted are ones, money is in cents.
        guard told.held == expected.held, told.used == expected.used else {
            throw ShopAuditor.Complaint("budgets have \(told), not \(expected)")
        }
    }
}
