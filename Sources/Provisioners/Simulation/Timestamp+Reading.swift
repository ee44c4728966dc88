import Domain
import Foundation

/// Moments as people write them.
extension Timestamp {
    /// With or without a fraction of a second.
    init?(iso8601 text: String) {
        let whole = Date.ISO8601FormatStyle()
        let parsed =
            (try? Date(text, strategy: whole)) ?? (try? Date(text, strategy: whole.year().month().day()))
            ?? (try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        guard let parsed else { return nil }
        self.init(milliseconds: Int64((parsed.timeIntervalSince1970 * 1000).rounded()))
    }
}
