namespace Spate.Conformance.Clients;

/// <summary>A client that the scenarios are run with.</summary>
/// <param name="Name">Its name, in the names of tests.</param>
/// <param name="Abilities">What it can do.</param>
/// <param name="Codecs">The codecs that it writes and reads.</param>
/// <param name="Start">Starts it.</param>
internal sealed record ForeignClientKind(string Name, Ability Abilities, IReadOnlyList<string> Codecs, Func<IForeignClient> Start)
{
    public bool Can(Ability ability) => (Abilities & ability) == ability;

    /// <summary>The codecs in which it reads what the other writes.</summary>
    public IReadOnlyList<string> CodecsFrom(ForeignClientKind writer) =>
        [.. writer.Codecs.Intersect(Codecs).Where(codec => codec != "snappy" || !writer.Can(Ability.FramesSnappy) || !Can(Ability.PlainSnappyOnly))];

    public override string ToString() => Name;
}
