/// What a syntax wants to be one passage, if only it is not too long.
struct Part {
    var range: Range<Int>
    var heading: String
    /// What is repeated before each piece of it.
    var preface = ""
}
