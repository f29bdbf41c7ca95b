using Spate.Coordination.Groups.Share;

namespace Spate.Coordination.Tests.Harness;

/// <summary>Nobody to ask for the delivery state of share groups.</summary>
internal sealed class NoShareStateCalls : IShareStateCalls
{
    public void Begin(ShareStateJob job)
    {
    }
}
