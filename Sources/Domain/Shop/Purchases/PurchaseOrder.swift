package import Ledger

extension Shop {
    /// What to buy, and how often it may be asked for.
    package struct PurchaseOrder: Sendable {
        package var wish: Wish
        package var key: IdempotencyKey
        /// Refused where it costs more.
        package var maxTotal: Money?
        package var why: String?
        /// Whether it is bought although it looks like something bought a moment ago.
        package var allowsDuplicate = false
        /// Of an order for more of a service: refused where the service has changed since it was this version.
        package var version: Int64?

        package init(_ wish: Wish, key: IdempotencyKey) {
            self.wish = wish
            self.key = key
        }
    }

    /// What came of an order.
    package struct Purchased: Sendable {
        /// As it was answered first, where the order is repeated.
        package var purchase: Purchase
        package var approval: Approval?
        package var isRepeated: Bool
    }
}

extension Refusal {
    static func priceChanged(_ now: Money) -> Refusal {
        Refusal(
            .conflict, "The price has changed since it was quoted: ask for a new quote.", code: "price_changed",
            details: ["totalPriceMinor": .integer(now.minor)])
    }

    static let frozenWallet = Refusal(
        .forbidden, "The account is frozen: its owner lets it buy nothing.", code: "wallet_frozen")

    /// - Parameter available: of the wallet.
    static func insufficientFunds(wanted: Money, available: Money) -> Refusal {
        let short = wanted.minus(available) ?? wanted
        return Refusal(
            .insufficientFunds, "The wallet has \(available.dollars) USD left, and this costs \(wanted.dollars) USD.",
            code: "insufficient_funds",
            details: [
                "shortfallMinor": .integer((short.micros + Money.microsPerMinor - 1) / Money.microsPerMinor),
                "availableMinor": .integer(available.minor), "bindingConstraint": "wallet",
            ])
    }
}
