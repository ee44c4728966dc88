extension String {
    /// The longest beginning of at most so many UTF-8 bytes that ends between two characters.
    func beginning(ofBytes most: Int) -> String {
        guard utf8.count > most else { return self }
        var end = utf8.index(startIndex, offsetBy: max(most, 0))
        while end > startIndex, end.samePosition(in: self) == nil { utf8.formIndex(before: &end) }
        return String(self[..<end])
    }
}
