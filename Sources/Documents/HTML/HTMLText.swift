/// The words of a page of HTML, as lines: what is not written for readers is left away, and every fault is borne.
struct HTMLText {
    private(set) var output: [UInt8] {
        get { lines.output }
        set { lines.output = newValue }
    }
    private(set) var headings: [Heading] = []

    private let bytes: [UInt8]
    private var lines = HTMLLines()
    private var tags: HTMLTags
    private var heading: Int?
    private var isInRow = false

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        tags = HTMLTags(bytes)
    }

    mutating func read() {
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            if byte == Byte.less, let tag = tags.tag(at: place) {
                place = take(tag)
            } else if byte == UInt8(ascii: "&"), let entity = HTMLEntity(bytes, at: place) {
                lines.add(entity)
                place = entity.end
            } else {
                lines.add(byte)
                place += 1
            }
        }
        endHeading()
    }

    /// - Returns: where the reading goes on.
    private mutating func take(_ tag: HTMLTag) -> Int {
        if Self.hidden.contains(tag.name), !tag.isEnd, let end = tags.end(of: tag) { return end }
        if tag.name == "pre" {
            lines.divide(.paragraph)
            lines.keepsSpace = !tag.isEnd
        } else if let level = tag.headingLevel {
            takeHeading(level, tag)
        } else if tag.name == "td" || tag.name == "th" {
            if !tag.isEnd { beginCell() }
        } else if tag.name == "li" {
            lines.divide(.line)
            if !tag.isEnd { lines.mark("- ") }
        } else if tag.name == "img", let words = tags.attribute("alt", of: tag) {
            for byte in words { lines.add(byte) }
        } else if Self.paragraphs.contains(tag.name) {
            lines.divide(.paragraph)
        } else if Self.lines.contains(tag.name) {
            lines.divide(.line)
        }
        if tag.name == "tr" { isInRow = false }
        return tag.end
    }

    private mutating func takeHeading(_ level: Int, _ tag: HTMLTag) {
        endHeading()
        lines.divide(.paragraph)
        guard !tag.isEnd else { return }
        heading = level
        lines.watch()
    }

    private mutating func endHeading() {
        guard let level = heading else { return }
        heading = nil
        guard let start = lines.watched else { return }
        headings.append(Heading(start: start, level: level, name: .text(start..<lines.output.count)))
    }

    private mutating func beginCell() {
        if isInRow { lines.mark(" | ") } else { lines.divide(.line) }
        isInRow = true
    }

    private static let hidden: Set<String> = ["script", "style", "nav", "template", "noscript", "svg", "iframe"]

    private static let paragraphs: Set<String> = [
        "p", "div", "ul", "ol", "dl", "table", "section", "article", "header", "footer", "main", "aside", "blockquote",
        "figure", "form", "fieldset", "details", "hr", "title", "body", "head", "address",
    ]

    private static let lines: Set<String> = ["br", "tr", "dt", "dd", "caption", "figcaption", "summary", "option"]
}
