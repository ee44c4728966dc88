package import Ledger

/// The kinds of transfers as stores and exports write them.
extension Transfer.Kind {
    package var word: String {
        switch self {
        case .single: "single"
        case .pending: "pending"
        case .post: "post"
        case .void: "void"
        case .expire: "expire"
        }
    }

    /// - Parameter pending: the hold that it ends, where it ends one.
    package init?(word: String, pending: TransferID?) {
        switch (word, pending) {
        case ("single", nil): self = .single
        case ("pending", nil): self = .pending
        case ("post", let hold?): self = .post(hold)
        case ("void", let hold?): self = .void(hold)
        case ("expire", let hold?): self = .expire(hold)
        default: return nil
        }
    }
}
