package import NIOCore

/// multipart/form-data (RFC 7578) as a browser or `curl -F` sends it.
package enum Multipart {
    /// What a body may hold. A part with a file name is a file, any other a field.
    package struct Limits: Equatable, Sendable {
        package var partCount: Int
        /// The bytes of one part's header lines.
        package var partHeaderBytes: Int
        package var partHeaderLines: Int
        package var fieldBytes: Int
        package var fileBytes: Int
        /// The whole body, with everything between the parts.
        package var bodyBytes: Int

        package init(
            partCount: Int, partHeaderBytes: Int, partHeaderLines: Int = 32, fieldBytes: Int = .max,
            fileBytes: Int = .max, bodyBytes: Int = .max
        ) {
            self.partCount = partCount
            self.partHeaderBytes = partHeaderBytes
            self.partHeaderLines = partHeaderLines
            self.fieldBytes = fieldBytes
            self.fileBytes = fileBytes
            self.bodyBytes = bodyBytes
        }
    }

    /// What a part's header lines say about it.
    package struct Part: Equatable, Sendable {
        package let name: String
        /// The name a file had at its sender, without folders and control characters; empty when it had none.
        /// `nil` for a field.
        package let filename: String?
        /// As it was sent, or text/plain.
        package let contentType: String
    }

    /// Something the parser came past.
    package enum Event: Equatable, Sendable {
        case partBegan(Part)
        /// Some more of the part's content.
        case partBytes(ByteBuffer)
        case partEnded
    }

    /// Why a body cannot be accepted.
    package struct Fault: Error, Equatable, Sendable, CustomStringConvertible {
        /// Whose rule was broken.
        package enum Reason: Equatable, Sendable {
            case notMultipart, malformed, tooLarge
        }

        package let reason: Reason
        /// A sentence for the caller.
        package let problem: String

        package var description: String { problem }

        static func malformed(_ problem: String) -> Fault { Fault(reason: .malformed, problem: problem) }
        static func tooLarge(_ problem: String) -> Fault { Fault(reason: .tooLarge, problem: problem) }
    }
}
