namespace Spate.Conformance.Processes;

/// <summary>A test that fills a disk; it says that it skipped where it may not mount one.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RequiresDiskFactAttribute : FactAttribute
{
    public RequiresDiskFactAttribute() => Skip = Tmpfs.Obstacle;
}
