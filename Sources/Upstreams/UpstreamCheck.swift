/// What a look at an upstream found, in words for the operator.
package struct UpstreamCheck: Sendable, Equatable {
    package enum Finding: String, Sendable {
        case reachable, keyMissing, keyRefused, notAnAPI, unreachable
    }

    package var finding: Finding
    /// One sentence that names the upstream and never a key.
    package var detail: String
    /// What to do about it; `nil` where nothing is wrong.
    package var mend: String?
    /// The models that the server lists.
    package var models: [String]

    package init(_ finding: Finding, _ detail: String, mend: String? = nil, models: [String] = []) {
        self.finding = finding
        self.detail = detail
        self.mend = mend
        self.models = models
    }

    package var isReachable: Bool { finding == .reachable }
}
