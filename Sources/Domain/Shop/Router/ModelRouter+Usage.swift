import Ledger

/// What was answered, and what it has cost.
extension ModelRouter {
    private static let pageSize = 500

    /// - Throws: `notFound` for one of another account, or of play where the buyer's is real.
    package func generation(_ id: ID, for buyer: Buyer) async throws -> Generation {
        let generation = try await store.read { try $0.find(Generation.self, id) }
        guard let generation, generation.account == buyer.account, buyer.isOwner || generation.isTest == buyer.isTest
        else { throw Refusal(.notFound, "There is no generation \(id).", field: "generationId") }
        return generation
    }

    /// What the answers of a service, or of one of its keys, have cost that were begun within a time.
    /// - Parameter end: the first moment that does not count any more.
    package func usage(
        of service: ID, key: ID? = nil, from start: Timestamp? = nil, to end: Timestamp? = nil,
        by group: RouterUsage.Group? = nil, for buyer: Buyer
    ) async throws -> RouterUsage {
        var page = RecordPage(account: buyer.account)
        page.parent = service
        page.labels = key.map { [$0.uuid] }
        page.newestFirst = false
        page.since = start.map(ID.init(firstAt:))
        page.limit = Self.pageSize
        let last = end.map(ID.init(firstAt:))
        let first = page
        return try await store.read { rows in
            _ = try RouterKeys.service(service, for: buyer, in: rows)
            if let key { _ = try RouterKeys.key(key, for: buyer, in: rows) }
            var (page, count) = (first, UsageCount(by: group))
            while true {
                let found = try rows.list(Generation.self, page)
                for generation in found {
                    if let last, generation.id >= last { return count.usage }
                    count.add(generation)
                }
                guard found.count == page.limit else { return count.usage }
                page.after = found.last?.id
            }
        }
    }

    /// What a key may still spend.
    package func standing(of key: RouterKey) async throws -> RouterKeyStanding {
        let now = world.now()
        return try await store.read { rows in
            let key = try rows.find(RouterKey.self, key.id) ?? key
            let credits = AccountName.credits(key.service.uuid, isTest: key.isTest)
            let left = try rows.balances(of: [credits])[credits]?.available ?? 0
            guard let limit = key.limit else {
                return RouterKeyStanding(
                    limit: nil, used: key.spent, held: .zero, remaining: nil, resetsAt: nil,
                    credits: Money(micros: left))
            }
            let budget = RouterBudget(of: key, at: now)
            let taken = try budget.taken { try rows.balances(of: $0) }
            // What was promised under an earlier limit stays promised, though it cost less in the end.
            let open = try rows.balances(of: [budget.account])[budget.account]?.available
            let remaining = max(open ?? limit.micros - taken.used - taken.held, 0)
            return RouterKeyStanding(
                limit: limit, used: Money(micros: taken.used), held: Money(micros: taken.held),
                remaining: Money(micros: remaining), resetsAt: budget.window.end, credits: Money(micros: left))
        }
    }
}

/// Generations being added up.
private struct UsageCount {
    private let group: RouterUsage.Group?
    private var total = RouterUsage.Sum()
    private var sums: [String: RouterUsage.Sum] = [:]

    init(by group: RouterUsage.Group?) {
        self.group = group
    }

    mutating func add(_ generation: Generation) {
        total.add(generation)
        guard let name = name(of: generation) else { return }
        sums[name, default: RouterUsage.Sum()].add(generation)
    }

    private func name(of generation: Generation) -> String? {
        switch group {
        case nil: nil
        case .model: generation.model
        case .key: generation.key.uuid
        case .day: String(generation.createdAt.iso8601.prefix(10))
        }
    }

    var usage: RouterUsage {
        var usage = RouterUsage()
        usage.total = total
        usage.groups = sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        return usage
    }
}

extension RouterUsage.Sum {
    fileprivate mutating func add(_ generation: Generation) {
        requests += 1
        inputTokens += generation.inputTokens
        outputTokens += generation.outputTokens
        cost = cost.plus(generation.cost) ?? cost
        if generation.status == .open { held = held.plus(generation.bound) ?? held }
    }
}

extension ID {
    /// No id that was made at a moment, or later, comes before it.
    fileprivate init(firstAt moment: Timestamp) {
        self.init(high: UInt64(bitPattern: max(moment.milliseconds, 0)) << 16, low: 0)
    }
}
