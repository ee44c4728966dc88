import Domain

/// What an owner allows, as a world makes it up: the auditor judges by it, the shop by its document.
struct HouseRules: Equatable, Sendable {
    struct Spending: Equatable, Sendable {
        var interval: String
        var cents: Int
        var categories: [String]?
    }

    struct Counting: Equatable, Sendable {
        var interval: String
        var count: Int
    }

    var isFrozen = false
    var blocked: [String] = []
    var allowed: [String]?
    var maxPerPurchase: Int?
    var maxQuantity: Int?
    var spending: [Spending] = []
    var counting: [Counting] = []
    var maxServices: Int?
    var allowsRecurring: Bool?
    var asksAbove: Int?
    var asksFor: String?
    var asksFirst = false
    var asksDestructive = false
    var approvalMinutes: Int?
    var duplicateMinutes: Int?

    init() {}

    var document: JSONValue {
        var members: [String: JSONValue] = [:]
        if isFrozen { members["frozen"] = true }
        if !blocked.isEmpty { members["blockedCategories"] = Self.texts(blocked) }
        members["allowedCategories"] = allowed.map(Self.texts)
        members["maxPerPurchaseMinor"] = maxPerPurchase.map { .integer(Int64($0)) }
        members["maxQuantity"] = maxQuantity.map { .integer(Int64($0)) }
        if !spending.isEmpty { members["spendLimits"] = .array(spending.map(Self.document)) }
        if !counting.isEmpty {
            members["maxPurchases"] = .array(
                counting.map { ["interval": .string($0.interval), "count": .integer(Int64($0.count))] })
        }
        members["maxActiveServices"] = maxServices.map { ["count": .integer(Int64($0))] }
        members["recurring"] = allowsRecurring.map { ["allowed": .bool($0)] }
        members["approvalTtlMinutes"] = approvalMinutes.map { .integer(Int64($0)) }
        members["duplicateWindowMinutes"] = duplicateMinutes.map { .integer(Int64($0)) }
        let asks = self.asks
        if !asks.isEmpty { members["approvalRules"] = .array(asks) }
        return .object(members)
    }

    private var asks: [JSONValue] {
        var asks: [JSONValue] = []
        if let asksAbove { asks.append(["aboveMinor": .integer(Int64(asksAbove))]) }
        if let asksFor { asks.append(["categories": Self.texts([asksFor])]) }
        if asksFirst { asks.append(["firstOfCategory": true]) }
        if asksDestructive { asks.append(["destructiveAction": true]) }
        return asks
    }

    private static func document(_ limit: Spending) -> JSONValue {
        var members: [String: JSONValue] = [
            "interval": .string(limit.interval), "amountMinor": .integer(Int64(limit.cents)),
        ]
        members["categories"] = limit.categories.map(texts)
        return .object(members)
    }

    private static func texts(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
