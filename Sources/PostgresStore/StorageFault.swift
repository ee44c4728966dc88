import Domain

/// Errors of the storage itself, as against those of the work a caller brought.
enum StorageFault {
    static let closed = Refusal(.unavailable, "The store is closed.")
    static let unreachable = Refusal(.unavailable, "The store cannot be reached.", retryAfterSeconds: 2)
    /// The connection was lost while it committed.
    static let unknown = Refusal(
        .unavailable, "The store was lost while it wrote. This may have been kept, or not.", retryAfterSeconds: 1)

    private static let busy: Set<String> = ["40P01", "40001", "55P03", "57014"]
    /// A value that its column cannot hold, a rule of the tables, a statement that is wrong, a missing right.
    private static let ofTheWork = ["22", "23", "42"]

    /// Whether the storage failed, rather than the work.
    static func isOfStorage(_ fault: DatabaseFault) -> Bool {
        guard let state = fault.state, fault.surprise == nil else { return fault.surprise == nil }
        return !ofTheWork.contains { state.hasPrefix($0) }
    }

    /// What the caller of a write is told.
    static func refusal(writing fault: DatabaseFault) -> any Error {
        if let error = ofTheWork(fault) { return error }
        return switch fault.state {
        case "53100": Refusal(.unavailable, "The store is full. Nothing of this was kept.")
        case let state? where busy.contains(state):
            Refusal(
                .unavailable, "The store is held by others. Nothing of this was kept.", retryAfterSeconds: 1)
        default:
            Refusal(.unavailable, "The store could not be written. Nothing of this was kept.", retryAfterSeconds: 1)
        }
    }

    /// What a reader is told.
    static func refusal(reading fault: DatabaseFault) -> any Error {
        // To write in a read is the work's fault.
        if fault.state == "25006" { return fault }
        return ofTheWork(fault) ?? Refusal(.unavailable, "The store could not be read.", retryAfterSeconds: 1)
    }

    private static func ofTheWork(_ fault: DatabaseFault) -> (any Error)? {
        if case .refuse(let refusal) = fault.surprise { return refusal }
        switch fault.state {
        case "22021", "22P05": return Refusal(.invalid, "This may not hold the character U+0000.")
        default: return isOfStorage(fault) ? nil : fault
        }
    }

    static func refusal(opening fault: DatabaseFault) -> Refusal {
        switch fault.state {
        case "42P07":
            Refusal(.unsupported, "The store's schema holds tables that are not Rialto's: \(fault.message).")
        case "42501", "3F000":
            Refusal(.unavailable, "The store's tables could not be made: \(fault.message).")
        default: Refusal(.unavailable, "The store could not be opened: \(fault.message)")
        }
    }
}
