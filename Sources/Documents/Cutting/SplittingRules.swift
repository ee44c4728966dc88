import Domain

/// What is asked of the numbers of a splitting.
enum SplittingRules {
    static func check(_ splitting: Splitting) throws(Refusal) {
        guard splitting.strategy != .none else { return }
        guard splitting.quantity > 0 else {
            throw .init(.invalid, "The quantity must be at least 1.", field: "quantity")
        }
        guard splitting.overlap >= 0 else {
            throw .init(.invalid, "The overlap must not be negative.", field: "overlap")
        }
        guard splitting.overlap < splitting.quantity else {
            throw .init(.invalid, "The overlap must be smaller than the quantity.", field: "overlap")
        }
    }
}
