/// Something that happened in an account's shop: an edge of a purchase, a change of a policy, a service or money.
/// Numbered without gaps within the account.
package struct ShopEvent: Sendable, Equatable {
    package var account: ID
    /// From 1 on; given when it is written.
    package var sequence: Int64
    /// `purchase.authorized`, `policy.changed`, `wallet.funded`.
    package var type: String
    /// The purchase, service or other thing that it is about.
    package var subject: ID?
    package var actor: String
    package var at: Timestamp
    /// More about it; never a secret.
    package var details: JSONValue

    package init(
        account: ID, type: String, subject: ID?, actor: String, at: Timestamp, details: JSONValue = .null,
        sequence: Int64 = 0
    ) {
        self.account = account
        self.sequence = sequence
        self.type = type
        self.subject = subject
        self.actor = actor
        self.at = at
        self.details = details
    }
}
