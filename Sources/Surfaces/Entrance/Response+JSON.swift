import HTTPTypes
import Hummingbird
import NIOCore
import Wire

/// An answer in JSON, whichever the dialect.
extension Response {
    init(_ json: JSON, status: HTTPResponse.Status = .ok) {
        var buffer = ByteBuffer()
        json.render(into: &buffer)
        self.init(status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: buffer))
    }
}
