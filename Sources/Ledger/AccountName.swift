/// The name of an account in the books, which says what it counts and how it is kept.
///
/// The money of one owner is in accounts of its own, so that owners do not wait for each other; accounts that
/// everybody pays into, such as `revenue/domains`, have no row: their balance is the sum of what was posted to them.
package struct AccountName: Hashable, Sendable {
    /// What an account counts; transfers stay within one.
    package enum Unit: Sendable {
        /// Millionths of a US dollar.
        case money
        /// Money that is only played with, by test keys.
        case testMoney
        /// What a rule still allows: money, or things.
        case budget
        /// What of a purchase may still be given back.
        case refundable
    }

    package var text: String

    package init(_ text: String) {
        self.text = text
    }

    package var unit: Unit {
        if text.hasPrefix("test-") { return .testMoney }
        if text.hasPrefix("budget/") || self == .limits { return .budget }
        if text.hasPrefix("refundable/") || self == .captures { return .refundable }
        return .money
    }

    /// Whether its debits must not exceed its credits. Only these have a balance that is kept.
    package var isLimited: Bool {
        ["wallet/", "test-wallet/", "credits/", "test-credits/", "budget/", "refundable/"].contains {
            text.hasPrefix($0)
        }
    }
}

extension AccountName {
    /// Where money comes from: `world/owner-credit`.
    package static func world(_ method: String, isTest: Bool = false) -> AccountName {
        AccountName((isTest ? "test-" : "") + "world/" + method)
    }

    package static func wallet(_ owner: String, isTest: Bool = false) -> AccountName {
        AccountName((isTest ? "test-" : "") + "wallet/" + owner)
    }

    /// What was sold of a category.
    package static func revenue(_ category: String, isTest: Bool = false) -> AccountName {
        AccountName((isTest ? "test-" : "") + "revenue/" + category)
    }

    /// What a service has been bought of, and uses up: a router's credits, a phone's balance.
    package static func credits(_ service: String, isTest: Bool = false) -> AccountName {
        AccountName((isTest ? "test-" : "") + "credits/" + service)
    }

    package static func routerRevenue(isTest: Bool = false) -> AccountName {
        AccountName((isTest ? "test-" : "") + "router-revenue")
    }

    /// What answers have cost above what was held for them: the store's loss, never the customer's.
    package static func overrun(isTest: Bool = false) -> AccountName {
        AccountName((isTest ? "test-" : "") + "overrun")
    }

    package static func adjustment(isTest: Bool = false) -> AccountName {
        AccountName((isTest ? "test-" : "") + "adjustment")
    }

    /// What a rule allows in one stretch of time; credited from `limits` when it is opened.
    package static func budget(_ name: String) -> AccountName { AccountName("budget/" + name) }

    /// Where budgets come from.
    package static let limits = AccountName("limits")

    /// What may be given back of a purchase; credited from `captures` when it is paid.
    package static func refundable(_ purchase: String) -> AccountName { AccountName("refundable/" + purchase) }

    package static let captures = AccountName("captures")
}
