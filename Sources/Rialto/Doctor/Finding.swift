import Wire

/// What the doctor found of one thing.
struct Finding: Sendable, Equatable {
    enum State: String, Sendable {
        case ok
        /// Nothing is wrong, but the operator should know.
        case note
        case wrong
    }

    let name: String
    let state: State
    let detail: String
    let mend: String?

    static func ok(_ name: String, _ detail: String) -> Finding {
        Finding(name: name, state: .ok, detail: detail, mend: nil)
    }

    static func note(_ name: String, _ detail: String, mend: String? = nil) -> Finding {
        Finding(name: name, state: .note, detail: detail, mend: mend)
    }

    static func wrong(_ name: String, _ detail: String, mend: String) -> Finding {
        Finding(name: name, state: .wrong, detail: detail, mend: mend)
    }

    var isWrong: Bool { state == .wrong }
}

extension Report {
    /// A line for each finding, then how to mend what is wrong.
    init(_ findings: [Finding]) {
        let rows = findings.map { [$0.isWrong ? "WRONG" : $0.state.rawValue, $0.name, $0.detail] }
        let mends = findings.compactMap { finding in finding.mend.map { [finding.name + ":", $0] } }
        let isWell = !findings.contains(where: \.isWrong)
        let end = isWell ? ["", "All is well."] : []
        let mending = mends.isEmpty ? [] : ["", isWell ? "To know:" : "To mend:", Table.render(mends)]
        self.init(
            json: [
                "ok": .bool(isWell),
                "checks": .array(
                    findings.map {
                        [
                            "name": .string($0.name), "ok": .bool(!$0.isWrong), "detail": .string($0.detail),
                            "mend": $0.mend.map { .string($0) } ?? .null,
                        ]
                    }),
            ],
            text: ([Table.render(rows)] + mending + end).joined(separator: "\n"))
    }
}
