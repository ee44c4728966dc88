package import Ledger

/// The past of an account, as policies ask for it, read in the transaction that buys.
struct ShopGround: PolicyGround {
    /// Purchases that took nothing in the end.
    private static let undone: Set<Purchase.Status> = [.denied, .failed, .rejected, .expired, .canceled]
    private static let made = Purchase.Status.allCases.filter { !undone.contains($0) }

    private let rows: any Transaction
    private let account: ID
    private let isTest: Bool
    private let books: Books?
    private let left: ID?

    /// - Parameters:
    ///   - books: where they are open, they know what the store does not yet.
    ///   - left: a purchase that does not count, because it is judged once more.
    init(_ rows: any Transaction, account: ID, isTest: Bool, books: Books? = nil, without left: ID? = nil) {
        self.left = left
        self.rows = rows
        self.account = account
        self.isTest = isTest
        self.books = books
    }

    func balance(of budget: AccountName) throws -> Balance? {
        try books.map { try $0.standing(of: budget) } ?? rows.balances(of: [budget])[budget]
    }

    func spent(since start: Timestamp?, by subject: PolicyVersion.Subject, categories: [String]?) throws -> Money {
        var sum = Money.zero
        try eachPurchase(since: start, by: subject, categories: categories) { purchase in
            sum = sum.plus(purchase.total) ?? Money(micros: .max)
        }
        return sum
    }

    func purchases(since start: Timestamp?, by subject: PolicyVersion.Subject) throws -> Int64 {
        var count: Int64 = 0
        try eachPurchase(since: start, by: subject, categories: nil) { _ in count += 1 }
        return count
    }

    func hasBought(category: String, by subject: PolicyVersion.Subject) throws -> Bool {
        var isBought = false
        try eachPurchase(since: nil, by: subject, categories: [category]) { purchase in
            if purchase.state.status == .completed { isBought = true }
        }
        return isBought
    }

    func activeServices(type: String?, by subject: PolicyVersion.Subject) throws -> Int {
        var page = RecordPage(account: account)
        page.shelves = Service.Status.allCases.filter { $0 != .terminated }.map(\.rawValue)
        page.labels = type.map { [$0] }
        var count = 0
        try rows.each(Service.self, page) { service in
            if service.isTest == isTest, subject.covers(agent: service.agent, key: service.key) { count += 1 }
        }
        // What is being bought will be one, too.
        let open = Purchase.Status.allCases.filter { !$0.isTerminal }
        try eachPurchase(open, since: nil, by: subject, categories: nil) { purchase in
            let isMeant = type == nil || purchase.quote.item.serviceType == type
            if purchase.quote.extending == nil, isMeant { count += 1 }
        }
        return count
    }

    private func eachPurchase(
        _ shelves: [Purchase.Status] = made, since start: Timestamp?, by subject: PolicyVersion.Subject,
        categories: [String]?, _ body: (Purchase) -> Void
    ) throws {
        var page = RecordPage(account: account)
        page.shelves = shelves.map(\.rawValue)
        page.labels = categories
        page.since = start.map { ID.first(at: $0) }
        try rows.each(Purchase.self, page) { purchase in
            if purchase.isTest == isTest, purchase.id != left,
                subject.covers(agent: purchase.agent, key: purchase.key)
            {
                body(purchase)
            }
        }
    }
}

extension PolicyVersion.Subject {
    func covers(agent: String?, key: ID?) -> Bool {
        switch self {
        case .account: true
        case .agent(let label): agent == label
        case .key(let id): key == id
        }
    }
}

extension ID {
    /// The smallest that a moment can give.
    package static func first(at moment: Timestamp) -> ID {
        ID(high: UInt64(bitPattern: max(moment.milliseconds, 0)) << 16, low: 0)
    }
}

extension RecordRows {
    /// Every record of a list, page by page.
    func each<Record: ShopRecord>(
        _: Record.Type, _ page: RecordPage, pageSize: Int = 200, _ body: (Record) throws -> Void
    ) throws {
        var page = page
        page.limit = pageSize
        while true {
            let records = try list(Record.self, page)
            for record in records { try body(record) }
            guard records.count == pageSize else { return }
            page.after = records.last?.id
        }
    }
}

extension RecordRows {
    /// The policies that a buyer is under, the account's first.
    /// - Parameter known: where versions are kept that were read before.
    func layers(for buyer: Buyer, known: KnownPolicies = KnownPolicies()) throws -> [PolicyLayer] {
        try layers(of: buyer.account, agent: buyer.agent, key: buyer.key, known: known)
    }

    func layers(
        of account: ID, agent: String?, key: ID?, known: KnownPolicies = KnownPolicies()
    ) throws -> [PolicyLayer] {
        var subjects: [PolicyVersion.Subject] = [.account]
        if let agent { subjects.append(.agent(agent)) }
        if let key { subjects.append(.key(key)) }
        var page = RecordPage(account: account)
        page.shelves = ["current"]
        page.labels = subjects.map(\.text)
        let versions = try records(of: PolicyVersion.kind, page)
        return try subjects.compactMap { subject -> PolicyLayer? in
            try versions.first { $0.label == subject.text }.map { try known.layer($0) }
        }
    }
}
