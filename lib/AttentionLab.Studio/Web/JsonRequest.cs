using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AttentionLab.Studio.Book;
using Microsoft.AspNetCore.Http;

namespace AttentionLab.Studio.Web;

/// <summary>What pages post: only JSON is taken, since no form of another site can send it.</summary>
internal static class JsonRequest
{
    /// <summary>Reads what is asked and writes the answer, or says what is wrong with the request; so may whoever answers, by a
    /// <see cref="BadHttpRequestException"/>.</summary>
    /// <param name="context">The request.</param>
    /// <param name="json">How both are written.</param>
    /// <param name="answerAsync">Answers.</param>
    /// <param name="isOurs">False for an answer with texts that are not ours: control characters, which no page may hold, are left out.</param>
    public static async Task<IResult> AnswerAsync<TAsked, TAnswer>(
        HttpContext context, (JsonTypeInfo<TAsked> Asked, JsonTypeInfo<TAnswer> Answer) json, Func<TAsked, Task<TAnswer>> answerAsync, bool isOurs = true)
        where TAsked : class
    {
        if (!context.Request.HasJsonContentType() || context.Request.ContentLength is not <= Door.LargestMessage)
        {
            return Results.Text($"Send JSON of at most {Door.LargestMessage} bytes, with its length.\n", statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        try
        {
            if (await JsonSerializer.DeserializeAsync(context.Request.Body, json.Asked, context.RequestAborted) is not { } asked)
            {
                return Results.Text("The request says nothing.\n", statusCode: StatusCodes.Status400BadRequest);
            }

            TAnswer answer = await answerAsync(asked);
            return isOurs ? TypedResults.Json(answer, json.Answer)
                : Results.Text(PageText.CleanJson(JsonSerializer.Serialize(answer, json.Answer)), "application/json");
        }
        catch (BadHttpRequestException refused)
        {
            return Results.Text(PageText.Clean(refused.Message) + "\n", statusCode: refused.StatusCode);
        }
        catch (JsonException)
        {
            return Results.Text("The request is no JSON that this page sends.\n", statusCode: StatusCodes.Status400BadRequest);
        }
    }
}
