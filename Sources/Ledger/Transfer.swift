/// Sixteen bytes that name a transfer.
package struct TransferID: Hashable, Sendable {
    package var high: UInt64
    package var low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// An amount that moves from one account to another, or is promised to; never changed, never removed.
package struct Transfer: Equatable, Sendable {
    /// How it counts.
    package enum Kind: Hashable, Sendable {
        /// At once.
        case single
        /// Held until it is posted, voided or expired; it can always be.
        case pending
        /// Of what was held, as much as the amount; the rest is free again.
        case post(TransferID)
        /// What was held is free again.
        case void(TransferID)
        /// The same, because its time was over.
        case expire(TransferID)

        /// The hold that it ends.
        package var pending: TransferID? {
            switch self {
            case .single, .pending: nil
            case .post(let id), .void(let id), .expire(let id): id
            }
        }
    }

    package var id: TransferID
    /// Who gives.
    package var debit: AccountName
    /// Who gets.
    package var credit: AccountName
    /// More than 0, in the unit of both accounts; of a void or expiry what was held.
    package var amount: Int64
    package var kind: Kind
    /// Why, in a word: `fund`, `purchase`, `refund`, `correction`.
    package var code: String
    /// What it belongs to: a purchase, a generation, a refund; empty for none.
    package var subject: String
    /// Who caused it.
    package var actor: String
    /// Milliseconds since 1970, UTC.
    package var at: Int64

    package init(
        id: TransferID, debit: AccountName, credit: AccountName, amount: Int64, kind: Kind = .single, code: String,
        subject: String = "", actor: String, at: Int64
    ) {
        self.id = id
        self.debit = debit
        self.credit = credit
        self.amount = amount
        self.kind = kind
        self.code = code
        self.subject = subject
        self.actor = actor
        self.at = at
    }
}
