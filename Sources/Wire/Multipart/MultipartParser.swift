package import NIOCore

/// A reader of multipart/form-data, fed with bytes as they arrive. It holds no more than one part's header lines; a
/// part's content is handed on in slices. However the bytes are divided, the parts are the same.
package struct MultipartParser: Sendable {
    /// What the next byte belongs to.
    private enum State {
        /// Before the first boundary.
        case preamble
        case content
        case headers
        /// On a boundary's line, after the boundary.
        case boundaryLine
        /// After the first of the two hyphens that close the body.
        case closing
        /// Behind the CR that ends a boundary's line.
        case boundaryLineEnd
        /// After the closing boundary.
        case epilogue
    }

    private let limits: Multipart.Limits
    /// CR LF, two hyphens and the boundary.
    private let delimiter: ByteBuffer
    private let delimiterBytes: [UInt8]
    private var state = State.preamble
    private var fault: Multipart.Fault?
    /// How much of the delimiter has been seen at the end of what was read. A body, and every content, begins as if
    /// the line end before it was the delimiter's.
    private var matched = 2
    /// How many of the matched bytes are not content.
    private var borrowed = 2
    private var headers = ByteBuffer()
    private var padded = false
    private var partCount = 0
    private var bodyBytes = 0
    private var contentBytes = 0
    private var isFile = false

    package init(boundary: String, limits: Multipart.Limits) {
        self.limits = limits
        delimiter = ByteBuffer(string: "\r\n--" + boundary)
        delimiterBytes = Array(delimiter.readableBytesView)
    }

    /// Reads what arrived. What `each` is given counts only once `finish` has been reached without a fault.
    package mutating func feed(_ chunk: ByteBuffer, _ each: (Multipart.Event) throws -> Void) throws {
        if let fault { throw fault }
        do {
            let length = min(chunk.readableBytes, limits.bodyBytes - bodyBytes)
            try read(chunk.slice(chunk.readerIndex..<chunk.readerIndex + length), each)
            bodyBytes += length
            guard length == chunk.readableBytes else {
                throw Multipart.Fault.tooLarge("The body is longer than \(limits.bodyBytes) bytes.")
            }
        } catch let fault as Multipart.Fault {
            self.fault = fault
            throw fault
        }
    }

    /// Checks that the body reached its closing boundary.
    package func finish() throws(Multipart.Fault) {
        if let fault { throw fault }
        if state == .epilogue { return }
        throw .malformed(
            state == .preamble
                ? "The body does not hold the boundary that its content type announces."
                : "The body ended before its closing boundary.")
    }

    private mutating func read(_ chunk: ByteBuffer, _ each: (Multipart.Event) throws -> Void) throws {
        var index = chunk.readerIndex
        while index < chunk.writerIndex { index = try step(chunk, index, each) }
    }

    /// Reads on from `index` and says how far it came.
    private mutating func step(
        _ chunk: ByteBuffer, _ index: Int, _ each: (Multipart.Event) throws -> Void
    ) throws -> Int {
        let byte = chunk.byte(at: index) ?? 0
        switch state {
        case .preamble, .content: return try content(chunk, index, each)
        case .headers: return try header(chunk, index, each)
        case .boundaryLine: try boundaryLine(byte)
        case .closing:
            guard byte == UInt8(ascii: "-") else { throw Self.strayBoundary }
            state = .epilogue
        case .boundaryLineEnd:
            guard byte == 0x0A else { throw Self.strayBoundary }
            try beginPart()
        case .epilogue: return chunk.writerIndex
        }
        return index + 1
    }

    private static let strayBoundary = Multipart.Fault.malformed(
        "After a boundary stands something other than a line end.")

    private mutating func boundaryLine(_ byte: UInt8) throws {
        switch byte {
        case 0x0D: state = .boundaryLineEnd
        case UInt8(ascii: "-") where !padded: state = .closing
        case UInt8(ascii: " "), UInt8(ascii: "\t"): padded = true
        default: throw Self.strayBoundary
        }
    }

    private mutating func beginPart() throws {
        partCount += 1
        guard partCount <= limits.partCount else {
            throw Multipart.Fault.tooLarge("The body has more than \(limits.partCount) parts.")
        }
        state = .headers
    }
}

extension MultipartParser {
    private static let headersEnd: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]

    /// Collects header lines up to the blank line.
    private mutating func header(
        _ chunk: ByteBuffer, _ index: Int, _ each: (Multipart.Event) throws -> Void
    ) throws -> Int {
        if headers.readableBytesView.last == 0x0D, chunk.byte(at: index) != 0x0A {
            throw Multipart.Fault.malformed("A part's headers hold a bare CR.")
        }
        let stop = min(chunk.lineEnd(from: index) + 1, chunk.writerIndex)
        headers.writeImmutableBuffer(chunk.slice(index..<stop))
        guard headers.readableBytes <= limits.partHeaderBytes + Self.headersEnd.count else { throw headersTooLong }
        if headers.readableBytes == 2, headers.readableBytesView.elementsEqual([0x0D, 0x0A]) {
            throw Multipart.Fault.malformed("A part has no headers.")
        }
        let end = headers.readableBytesView.suffix(4)
        if end.last == 0x0A, end.dropLast().last != 0x0D {
            throw Multipart.Fault.malformed("A part's headers hold a bare LF.")
        }
        guard end.elementsEqual(Self.headersEnd) else { return stop }
        let length = headers.readableBytes - Self.headersEnd.count
        guard length <= limits.partHeaderBytes else { throw headersTooLong }
        let part = try Multipart.part(
            headers.slice(headers.readerIndex..<headers.readerIndex + length), limits: limits)
        beginContent(isFile: part.filename != nil)
        try each(.partBegan(part))
        return stop
    }

    private var headersTooLong: Multipart.Fault {
        .tooLarge("A part's headers are longer than \(limits.partHeaderBytes) bytes.")
    }

    private mutating func beginContent(isFile: Bool) {
        self.isFile = isFile
        headers = ByteBuffer()
        contentBytes = 0
        matched = 2
        borrowed = 2
        state = .content
    }
}

extension MultipartParser {
    /// Passes content up to the next boundary or the end of the chunk.
    private mutating func content(
        _ chunk: ByteBuffer, _ index: Int, _ each: (Multipart.Event) throws -> Void
    ) throws -> Int {
        var index = index
        if matched > 0 {
            index = match(chunk, from: index)
            if matched == delimiterBytes.count { return try endPart(index, each) }
            if index == chunk.writerIndex { return index }
            try emit(delimiter.slice(delimiter.readerIndex + borrowed..<delimiter.readerIndex + matched), each)
            matched = 0
            borrowed = 0
        }
        let stop = chunk.index(of: 0x0D, from: index)
        try emit(chunk.slice(index..<stop), each)
        guard stop < chunk.writerIndex else { return stop }
        matched = 1
        return stop + 1
    }

    /// Compares with the delimiter from where it was left. Its CR stands at its beginning only, so what does not match
    /// cannot be the beginning of another.
    private mutating func match(_ chunk: ByteBuffer, from start: Int) -> Int {
        var index = start
        while index < chunk.writerIndex, matched < delimiterBytes.count,
            chunk.byte(at: index) == delimiterBytes[matched]
        {
            matched += 1
            index += 1
        }
        return index
    }

    private mutating func endPart(_ index: Int, _ each: (Multipart.Event) throws -> Void) throws -> Int {
        let isPart = state == .content
        state = .boundaryLine
        matched = 0
        borrowed = 0
        padded = false
        if isPart { try each(.partEnded) }
        return index
    }

    private mutating func emit(_ bytes: ByteBuffer, _ each: (Multipart.Event) throws -> Void) throws {
        guard state == .content, bytes.readableBytes > 0 else { return }
        contentBytes += bytes.readableBytes
        let limit = isFile ? limits.fileBytes : limits.fieldBytes
        guard contentBytes <= limit else {
            throw Multipart.Fault.tooLarge("A \(isFile ? "file" : "field") is longer than \(limit) bytes.")
        }
        try each(.partBytes(bytes))
    }
}
