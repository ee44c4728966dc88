/// Where an object lies: a bucket, and the key in it.
package struct S3Location: Sendable, Equatable {
    package let bucket: String
    /// As it is, not encoded.
    package let key: String

    /// - Parameter text: `s3://bucket/key`. All that follows the bucket's slash is the key, also `?` and `#`.
    package init?(parsing text: String) {
        guard text.hasPrefix("s3://") else { return nil }
        let halves = text.dropFirst(5).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, Self.isBucket(halves[0]), (1...1024).contains(halves[1].utf8.count) else {
            return nil
        }
        bucket = String(halves[0])
        key = String(halves[1])
    }

    private static func isBucket(_ name: Substring) -> Bool {
        let ends = [name.utf8.first, name.utf8.last]
        return (3...63).contains(name.utf8.count) && !name.contains("..")
            && ends.allSatisfy { $0?.isLetterOrDigit == true }
            && name.utf8.allSatisfy { $0.isLetterOrDigit && !(0x41...0x5a).contains($0) || "-.".utf8.contains($0) }
    }
}
