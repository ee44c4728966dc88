/// Words becoming lines: white space between them counts once, and breaks count by the largest.
struct HTMLLines {
    /// What divides the words before from those behind.
    enum Division: Int, Comparable {
        case nothing, space, line, paragraph

        static func < (one: Division, other: Division) -> Bool { one.rawValue < other.rawValue }
    }

    var output: [UInt8] = []
    /// Within `pre`, where white space is as it is meant.
    var keepsSpace = false
    /// Where the first word stands that came after `watch`.
    private(set) var watched: Int?

    private var division = Division.nothing
    private var waitingMark = ""
    private var isWatching = false

    mutating func watch() {
        watched = nil
        isWatching = true
    }

    mutating func divide(_ next: Division) {
        division = max(division, next)
        if next > .space { waitingMark = "" }
    }

    /// Something that is written only if words follow it on the same line.
    mutating func mark(_ text: String) {
        waitingMark += waitingMark.utf8.count < 64 ? text : ""
    }

    mutating func add(_ byte: UInt8) {
        if byte.isSpace {
            if keepsSpace, division < .line { output.append(byte) } else { division = max(division, .space) }
        } else {
            flush()
            output.append(byte)
        }
    }

    mutating func add(_ entity: HTMLEntity) {
        if entity.isSpace {
            add(Byte.space)
        } else {
            flush()
            output += entity.bytes
        }
    }

    private mutating func flush() {
        if !output.isEmpty, waitingMark.first != " " || division > .space { output += Array(divisionText.utf8) }
        output += Array(waitingMark.utf8)
        waitingMark = ""
        division = .nothing
        guard isWatching else { return }
        watched = output.count
        isWatching = false
    }

    private var divisionText: String {
        switch division {
        case .nothing: ""
        case .space: " "
        case .line: "\n"
        case .paragraph: "\n\n"
        }
    }
}
