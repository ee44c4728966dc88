/// What has gone into and out of an account, and what is held on either side.
package struct Balance: Hashable, Sendable {
    package var debitsPending: Int64 = 0
    package var debitsPosted: Int64 = 0
    package var creditsPending: Int64 = 0
    package var creditsPosted: Int64 = 0

    package init() {}

    package init(debitsPending: Int64, debitsPosted: Int64, creditsPending: Int64, creditsPosted: Int64) {
        self.debitsPending = debitsPending
        self.debitsPosted = debitsPosted
        self.creditsPending = creditsPending
        self.creditsPosted = creditsPosted
    }

    /// What may still go out of an account whose debits must not exceed its credits. What is on its way in does not
    /// count yet.
    package var available: Int64 { creditsPosted - debitsPosted - debitsPending }
}
