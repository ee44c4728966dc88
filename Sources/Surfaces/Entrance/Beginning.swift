import NIOCore

/// What has come of a request's head that cannot be read yet: where it was to go, should it never be.
///
/// Stands before the parser, which keeps to itself what it has read of a head that it refuses. What shares its packet
/// with the request before it is not known here.
final class Beginning: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// As much of the first line as is looked at.
    private static let lineBytes = 256

    private let most: Int
    private var bytes = ByteBuffer()
    private var isKept = true

    /// - Parameter most: bytes that a head may have.
    init(most: Int) {
        self.most = most
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if isKept, bytes.readableBytes < most + Self.lineBytes {
            var piece = unwrapInboundIn(data)
            if bytes.readableBytes == 0 { bytes = piece } else { bytes.writeBuffer(&piece) }
        }
        context.fireChannelRead(data)
    }

    /// The head has been read: what comes now is its body.
    func forget() {
        isKept = false
        bytes = ByteBuffer()
    }

    /// The request has been read: what comes now is the next.
    func keep() {
        isKept = true
    }

    /// Whether a TLS client says hello (RFC 8446, 5.1: a record of type 22). The parser waits for no second byte.
    var isTLS: Bool { bytes.readableBytesView.first == 22 }

    /// Whether it begins as a method would, known or not.
    var hasMethod: Bool { bytes.readableBytesView[start...].first.map(Self.isLetter) ?? false }

    /// Whether the first line alone has more bytes than a whole head may have.
    var isLineTooLong: Bool { !bytes.readableBytesView[start...].prefix(most).contains(UInt8(ascii: "\n")) }

    /// As far as it can stand in a log; nil before it has begun.
    var path: String? {
        let words = words
        guard hasMethod, words.count > 1 else { return nil }
        let path = words[1].prefix { $0 != UInt8(ascii: "?") && (0x21...0x7E).contains($0) }
        return path.first == UInt8(ascii: "/") ? String(decoding: path, as: Unicode.ASCII.self) : nil
    }

    /// Empty lines before a request are passed over.
    private var start: Int {
        let view = bytes.readableBytesView
        return view.firstIndex { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") } ?? view.endIndex
    }

    private var words: [ByteBufferView.SubSequence] {
        let line = bytes.readableBytesView[start...].prefix(Self.lineBytes).prefix {
            $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n")
        }
        return line.split(separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
    }
}
