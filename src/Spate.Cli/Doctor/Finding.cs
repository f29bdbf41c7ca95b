namespace Spate.Cli.Doctor;

/// <summary>Something that somebody may lose a day on.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Subject">What it is about, in a few words.</param>
/// <param name="Seen">What was seen.</param>
/// <param name="Why">Why it matters.</param>
/// <param name="Next">What to type or to change.</param>
internal sealed record Finding(Severity Severity, string Subject, string Seen, string Why, string Next);
