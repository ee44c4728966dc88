/// Words that are in every question and say nothing of what it is about.
enum StopWords {
    static let english = Set(
        """
        a about actually after again all already also always am an and another any anybody anyhow anything anyway \
        are aren as ask asked asking asks at be because been before begin being both but by came can cannot cant \
        come could couldn did didn do does doesn doing don done dont each either else ever every everything exactly \
        few find for found from get gets getting give given gives go goes going good got had happen happened \
        happening happens has have haven having he her here him his how i i'm if in instead into is isn it its \
        itself just kind know let like likely ll look lot m made make makes many may maybe me mean means might more \
        most much must my myself need needed needs neither never next no nobody normal normally not nothing now of \
        off ok okay on one only onto or other others our out over own per perhaps please possible put quite re \
        really s same saw say says see seen should shouldn show so some somebody somehow someone something still \
        stuff such t take taken takes taking tell than thank thanks that the their them then there there's these \
        they thing things think this those though through to too took tried try trying under until up upon us use \
        used uses using ve very via want wanted wants was way we well went were what whatever when where whether \
        which while who whose why will with within without won wonder wondering would wouldn yes yet you your yours \
        yourself
        """.split(separator: " ").map { String($0) })
}
