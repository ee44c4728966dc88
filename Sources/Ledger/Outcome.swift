/// What became of a transfer. Where several things are wrong, the first of these is said.
package enum Outcome: String, Sendable, CaseIterable {
    case posted
    /// The very same transfer stands already; nothing is done twice.
    case alreadyThere
    /// Another transfer of the group was refused, so that this one was not made either.
    case linkedRefused
    case idTaken
    case amountNotPositive
    case accountsEqual
    case unitsDiffer
    case pendingNotFound
    /// The transfer that it would end is no hold.
    case notPending
    /// It names other accounts than the hold, or, to void it, another amount.
    case pendingDiffers
    case alreadyPosted
    case alreadyVoided
    case alreadyExpired
    /// More than was held.
    case exceedsPending
    /// More than the debited account has.
    case exceedsCredits
    /// The credited account could not count it.
    case overflow

    package var isDone: Bool { self == .posted || self == .alreadyThere }
}
