import Ledger

/// A stretch of time for which a key's limit counts: a calendar period in UTC, or all of it.
struct RouterWindow: Equatable {
    /// `all`, or `day-2026-03-14` by its first day: the same however often the clock comes by it.
    var name: String
    var start: Timestamp?
    var end: Timestamp?
}

extension RouterWindow {
    private static let day: Int64 = 86_400_000

    init(_ reset: RouterKey.Reset?, at now: Timestamp) {
        let today = (now.milliseconds - Self.rest(now.milliseconds, Self.day)) / Self.day
        switch reset {
        case nil: self.init(name: "all")
        case .daily: self.init("day", from: today, to: today + 1)
        case .weekly:
            // The first day of 1970 was a Thursday.
            let monday = today - Self.rest(today + 3, 7)
            self.init("week", from: monday, to: monday + 7)
        case .monthly:
            let month = Self.date(today).prefix(7)
            let first = Self.edge(today, -1) { !Self.date($0 - 1).hasPrefix(month) }
            self.init("month", from: first, to: Self.edge(today, 1) { !Self.date($0).hasPrefix(month) })
        }
    }

    private init(_ word: String, from first: Int64, to next: Int64) {
        self.init(
            name: "\(word)-\(Self.date(first))", start: Timestamp(milliseconds: first * Self.day),
            end: Timestamp(milliseconds: next * Self.day))
    }

    private static func edge(_ day: Int64, _ step: Int64, _ isThere: (Int64) -> Bool) -> Int64 {
        var day = day
        while !isThere(day) { day += step }
        return day
    }

    private static func rest(_ value: Int64, _ divisor: Int64) -> Int64 {
        (value % divisor + divisor) % divisor
    }

    /// `2026-03-14`
    private static func date(_ day: Int64) -> Substring {
        Timestamp(milliseconds: day * Self.day).iso8601.prefix(10)
    }
}

/// What a key may spend within the time of its limit, as the books have it.
struct RouterBudget {
    let key: RouterKey
    let window: RouterWindow

    init(of key: RouterKey, at now: Timestamp) {
        self.key = key
        window = RouterWindow(key.limitReset, at: now)
    }

    /// A changed limit has an account of its own, which opens with what was not used by then: what was promised under
    /// the old one stays promised.
    private func name(_ change: Int) -> AccountName {
        .budget("router-key/\(key.id.uuid)/\(window.name)/\(change)")
    }

    var account: AccountName { name(key.limitChanges) }

    /// What was used and is held in this window, whatever the limit was meanwhile.
    func taken(
        in balances: ([AccountName]) throws -> [AccountName: Balance]
    ) rethrows -> (used: Int64, held: Int64) {
        let names = (0...key.limitChanges).suffix(Self.mostChanges).map(name)
        return try balances(names).values.reduce(into: (used: 0, held: 0)) { taken, balance in
            taken.used += balance.debitsPosted
            taken.held += balance.debitsPending
        }
    }

    /// Changes of one window that are looked back on.
    private static let mostChanges = 200

    /// What may still be held.
    func left(in books: Books) throws -> Int64? {
        guard let limit = key.limit else { return nil }
        if let balance = try books.standing(of: account) { return max(balance.available, 0) }
        let taken = try taken { names in
            try books.fetch(balances: names)
            return Dictionary(uniqueKeysWithValues: try names.map { ($0, try books.balance(of: $0)) })
        }
        return max(limit.micros - taken.used - taken.held, 0)
    }
}
