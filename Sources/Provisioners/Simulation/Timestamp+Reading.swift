import Domain
import Foundation

/// Moments as people write them.
extension Timestamp {
    /// With or without a fraction of a second; a day alone is its beginning.
    init?(iso8601 text: String) {
        let whole = Date.ISO8601FormatStyle()
        let parsed: Date? =
            if text.utf8.count == 10 {
                try? Date(text, strategy: whole.year().month().day())
            } else {
                (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
                    ?? (try? Date(text, strategy: whole))
            }
        guard let parsed else { return nil }
        self.init(milliseconds: Int64((parsed.timeIntervalSince1970 * 1000).rounded()))
    }
}
