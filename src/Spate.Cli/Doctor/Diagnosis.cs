namespace Spate.Cli.Doctor;

/// <summary>What was looked at, and what was found.</summary>
internal sealed class Diagnosis
{
    private readonly List<string> _checks = [];
    private readonly List<Finding> _findings = [];

    /// <summary>What was looked at, in the order of looking.</summary>
    public IReadOnlyList<string> Checks => _checks;

    /// <summary>The worst first.</summary>
    public IEnumerable<Finding> Findings => _findings.OrderByDescending(static finding => finding.Severity);

    public bool HasErrors => _findings.Exists(static finding => finding.Severity == Severity.Error);

    public void Looked(string at) => _checks.Add(at);

    /// <summary>Takes over what was found by another.</summary>
    public void Add(Diagnosis other) => _findings.AddRange(other._findings);

    public void Add(Severity severity, string subject, string seen, string why, string next) => _findings.Add(new Finding(severity, subject, seen, why, next));
}
