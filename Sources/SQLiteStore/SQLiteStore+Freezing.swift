/// Keeping everybody from writing, while something reads the whole of the file.
extension SQLiteStore {
    /// No process writes to the file until this store is closed; this store itself must not either.
    package func freeze() throws {
        try writer.freeze()
    }
}
