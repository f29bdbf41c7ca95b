namespace Spate.Protocol.Tests.Messages;

/// <summary>A test that needs a folder beside the repository, and says so when it is skipped.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class SharedFactAttribute : FactAttribute
{
    public SharedFactAttribute(params string[] path)
    {
        if (Repository.Shared(path) is null)
        {
            Skip = $"There is no folder ../shared/{string.Join('/', path)} beside the repository.";
        }
    }
}
