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
    /// The white space before the first word of `pre`, behind its last line feed.
    private var indentation: [UInt8] = []
    private var isWatching = false

    mutating func watch() {
        watched = nil
        isWatching = true
    }

    mutating func divide(_ next: Division) {
        division = max(division, next)
        if next > .space { waitingMark = "" }
        indentation = []
    }

    /// Something that is written only if words follow it on the same line.
    mutating func mark(_ text: String) {
        waitingMark += waitingMark.utf8.count < 64 ? text : ""
    }

    mutating func add(_ byte: UInt8) {
        if byte.isSpace {
            addSpace(byte)
        } else {
            flush()
            output.append(byte)
        }
    }

    private mutating func addSpace(_ byte: UInt8) {
        if !keepsSpace {
            division = max(division, .space)
        } else if division < .line {
            output.append(byte)
        } else if byte == Byte.newline {
            indentation = []
        } else {
            indentation.append(byte)
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
        output += indentation
        waitingMark = ""
        indentation = []
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
