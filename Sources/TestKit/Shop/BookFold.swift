import Domain
import Ledger

/// What transfers come to, counted up one by one; shares no code with the ledger, and knows of no rule.
struct BookFold: Sendable {
    struct Side: Equatable, Sendable {
        var out: Int64 = 0
        var into: Int64 = 0
        var held: Int64 = 0
        var coming: Int64 = 0

        var free: Int64 { into - out - held }
    }

    struct Hold: Sendable {
        var debit: String
        var credit: String
        var amount: Int64
        var subject: String
    }

    private(set) var sides: [String: Side] = [:]
    /// Those that have not ended.
    private(set) var holds: [TransferID: Hold] = [:]
    /// What is held in wallets, and was paid of them, for each purchase.
    private(set) var heldFor: [String: Int64] = [:]
    private(set) var paidFor: [String: Int64] = [:]
    /// The newest of each account.
    private(set) var numbers: [ID: Int64] = [:]

    /// What transfers touch.
    struct Touched: Sendable {
        var accounts: Set<String> = []
        var subjects: Set<String> = []
    }

    mutating func add(_ entries: some Sequence<BookEntry>) throws -> Touched {
        var touched = Touched()
        for entry in entries {
            let next = (numbers[entry.account] ?? 0) + 1
            guard entry.sequence == next else {
                throw ShopAuditor.Complaint("transfer \(entry.sequence) stands where \(next) should")
            }
            guard entry.hash.count == 32 else { throw ShopAuditor.Complaint("transfer \(next) has no hash") }
            numbers[entry.account] = next
            try add(entry.transfer)
            touched.accounts.formUnion([entry.transfer.debit.text, entry.transfer.credit.text])
            touched.subjects.insert(entry.transfer.subject)
        }
        return touched
    }

    private mutating func add(_ transfer: Transfer) throws {
        let (debit, credit, amount) = (transfer.debit.text, transfer.credit.text, transfer.amount)
        guard Self.unit(debit) == Self.unit(credit), amount > 0 else {
            throw ShopAuditor.Complaint("\(transfer) goes from one unit to another")
        }
        switch transfer.kind {
        case .single: move(debit, credit, amount)
        case .pending:
            holds[transfer.id] = Hold(debit: debit, credit: credit, amount: amount, subject: transfer.subject)
            hold(debit, credit, amount)
            if Self.isWallet(debit) { heldFor[transfer.subject, default: 0] += amount }
        case .post(let id), .void(let id), .expire(let id):
            guard let hold = holds.removeValue(forKey: id), hold.debit == debit, hold.credit == credit,
                amount <= hold.amount
            else { throw ShopAuditor.Complaint("\(transfer) ends no hold") }
            self.hold(debit, credit, -hold.amount)
            if Self.isWallet(debit) { heldFor[hold.subject, default: 0] -= hold.amount }
            guard case .post = transfer.kind else { return }
            move(debit, credit, amount)
            if Self.isWallet(debit) { paidFor[hold.subject, default: 0] += amount }
        }
    }

    private mutating func move(_ debit: String, _ credit: String, _ amount: Int64) {
        sides[debit, default: Side()].out += amount
        sides[credit, default: Side()].into += amount
    }

    private mutating func hold(_ debit: String, _ credit: String, _ amount: Int64) {
        sides[debit, default: Side()].held += amount
        sides[credit, default: Side()].coming += amount
    }

    /// What an account counts: each transfer is of one unit, so that both sides of each come to the same.
    private static func unit(_ name: String) -> String {
        if name.hasPrefix("test-") { return "play" }
        if name.hasPrefix("budget/") || name == "limits" { return "budget" }
        return name.hasPrefix("refundable/") || name == "captures" ? "refundable" : "money"
    }

    static func isWallet(_ name: String) -> Bool { name.hasPrefix("wallet/") || name.hasPrefix("test-wallet/") }

    /// Those that must not owe anything.
    static func isKept(_ name: String) -> Bool {
        let kinds = ["wallet/", "test-wallet/", "credits/", "test-credits/", "budget/", "refundable/"]
        return kinds.contains { name.hasPrefix($0) }
    }

    /// All that is held and paid of budgets.
    var budgets: (held: Int64, used: Int64, overdrawn: [String]) {
        let budgets = sides.filter { $0.key.hasPrefix("budget/") }
        return (
            budgets.values.reduce(0) { $0 + $1.held }, budgets.values.reduce(0) { $0 + $1.out },
            budgets.filter { $0.value.free < 0 }.map(\.key)
        )
    }
}

extension BookFold.Side {
    init(_ balance: Balance) {
        (out, into) = (balance.debitsPosted, balance.creditsPosted)
        (held, coming) = (balance.debitsPending, balance.creditsPending)
    }
}
