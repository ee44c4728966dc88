extension RunRows {
    /// A run whole.
    package func run(id: ID) throws -> Run? {
        try run(id: id, withAnswer: true)
    }
}
