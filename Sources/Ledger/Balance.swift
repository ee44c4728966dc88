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
    /// count yet. 0 for a balance that is not sound.
    package var available: Int64 { isSound ? creditsPosted - debitsPosted - debitsPending : 0 }

    /// Whether transfers can have led here: nothing is below 0, debits do not exceed credits, and all that is held on
    /// its way in can still arrive.
    package var isSound: Bool {
        guard min(debitsPending, debitsPosted, creditsPending, creditsPosted) >= 0,
            !creditsPosted.addingReportingOverflow(creditsPending).overflow
        else { return false }
        let (debits, overflow) = debitsPosted.addingReportingOverflow(debitsPending)
        return !overflow && debits <= creditsPosted
    }

    /// Posted and on their way in; of a sound balance.
    var credits: Int64 { creditsPosted + creditsPending }
}
